namespace Gatehouse.Api.Modules;

/// <summary>Where a module is for whoever calls it, which a route with another path decides.</summary>
public static class ModulePath
{
    private static readonly object Key = new();

    /// <summary>The path of a module's resource as the client of this request reaches it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="resource">The resource's path in the module, encoded, beginning with a slash.</param>
    public static string PublicPath(this HttpContext context, string resource) =>
        context.Items.TryGetValue(Key, out var prefix)
            ? $"{prefix}{resource}"
            : $"/{context.GetEndpoint()?.Metadata.GetMetadata<ModuleMetadata>()?.Module.Name}{resource}";

    /// <summary>Sets what comes before the module's paths in this request.</summary>
    internal static void SetPublicPrefix(this HttpContext context, string prefix) => context.Items[Key] = prefix;
}
