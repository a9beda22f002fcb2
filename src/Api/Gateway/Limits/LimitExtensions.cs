using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Puts limits into the gateway.</summary>
internal static class LimitExtensions
{
    /// <summary>Adds what limits need; the stage is added in its place among the others.</summary>
    public static void AddLimits(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILimiterDirectory, ClusterLimiters>();
        services.AddSingleton<LimitMetrics>();
        services.AddSingleton<LimitSubjects>();
        services.AddSingleton<LimitCells>();
        services.AddHostedService(provider => provider.GetRequiredService<LimitCells>());
    }
}
