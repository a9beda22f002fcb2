namespace Gatehouse.Api.Gateway.Health;

/// <summary>Puts active health probes into the front door.</summary>
internal static class HealthExtensions
{
    /// <summary>Adds what tells the cluster what to probe.</summary>
    public static void AddHealthProbes(this IServiceCollection services) => services.AddHostedService<HealthKeeper>();
}
