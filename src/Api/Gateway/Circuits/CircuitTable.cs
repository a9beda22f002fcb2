using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The circuits of every service that this front door has called or heard of; names are compared without case.</summary>
internal sealed class CircuitTable(TimeProvider time) : IKeptByService
{
    private readonly ConcurrentDictionary<string, ServiceCircuits> services = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ServiceCircuits> All => services.Values;

    /// <summary>The circuits of a service.</summary>
    public ServiceCircuits Of(string service) => services.TryGetValue(service, out var circuits)
        ? circuits
        : services.GetOrAdd(service, static (name, time) => new ServiceCircuits(name.ToUpperInvariant(), time), time);

    /// <inheritdoc/>
    public void Sweep(ImmutableDictionary<string, ServiceInstances> services)
    {
        foreach (var circuits in this.services.Values)
        {
            var instances = services.GetValueOrDefault(circuits.Name)?.All;
            if (circuits.Open is null && instances is null)
            {
                this.services.TryRemove(circuits.Name, out _);
            }
            else
            {
                circuits.Sweep(instance => instances?.ContainsKey(instance) == true);
            }
        }
    }
}
