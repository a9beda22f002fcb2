using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Resilience.Health;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the grains of circuits need to a silo.</summary>
public static class CircuitServiceCollectionExtensions
{
    /// <summary>Registers the metrics of circuits and of active health probes; who probes is the host's to add.</summary>
    public static IServiceCollection AddCircuitGrains(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CircuitMetrics>();
        services.TryAddSingleton<HealthMetrics>();
        return services;
    }
}
