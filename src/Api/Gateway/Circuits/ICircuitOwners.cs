using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The way to those who decide about circuits for the whole cluster.</summary>
internal interface ICircuitOwners
{
    /// <summary>The owner of a service's circuits.</summary>
    /// <param name="service">The service's name, upper-case.</param>
    ICircuitGrain Of(string service);
}

/// <summary>The owners in the cluster.</summary>
internal sealed class ClusterCircuits(IGrainFactory grains) : ICircuitOwners
{
    public ICircuitGrain Of(string service) => grains.GetGrain<ICircuitGrain>(service);
}
