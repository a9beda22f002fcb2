namespace Gatehouse.Api.Registry.Eureka;

/// <summary>The registry's rules for names, in the words of Eureka's refusals.</summary>
internal static class EurekaNames
{
    /// <summary>Why the names cannot be used, or null when they can.</summary>
    public static string? ReasonAgainst(string app, string id)
    {
        if (!RegistryNames.TryService(app, out _))
        {
            return $"Invalid appName, {RegistryNames.ServiceRule}";
        }

        return RegistryNames.IsInstance(id) ? null : $"Invalid instanceId, {RegistryNames.InstanceRule}";
    }
}
