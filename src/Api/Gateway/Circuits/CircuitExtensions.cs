using Gatehouse.Api.Views;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Puts circuits into the gateway.</summary>
internal static class CircuitExtensions
{
    /// <summary>Adds what circuits need, besides the replica of the <c>circuits</c> view.</summary>
    public static void AddCircuits(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICircuitOwners, ClusterCircuits>();
        services.AddSingleton<CircuitTable>();
        services.AddSingleton<IViewProjection<CircuitSnapshot>, CircuitProjection>();
        services.AddSingleton<CircuitReporter>();
        services.AddSingleton<CircuitProbes>();
        services.AddSingleton<OutlierWatch>();
        services.AddSingleton<CircuitGauges>();
        services.AddSingleton<CircuitGate>();
        services.AddSingleton<ModuleCircuit>();
        services.AddSingleton<IKeptByService>(provider => provider.GetRequiredService<CircuitTable>());
    }
}
