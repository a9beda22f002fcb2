using System.Collections.Concurrent;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The circuits of every service that this front door has called or heard of; names are compared without case.</summary>
internal sealed class CircuitTable(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ServiceCircuits> services = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ServiceCircuits> All => services.Values;

    /// <summary>The circuits of a service.</summary>
    public ServiceCircuits Of(string service) => services.TryGetValue(service, out var circuits)
        ? circuits
        : services.GetOrAdd(service, static (name, time) => new ServiceCircuits(name.ToUpperInvariant(), time), time);

    /// <summary>Gives up what is kept for services and instances that are gone.</summary>
    /// <param name="isThere">Whether there is an instance of a service.</param>
    /// <param name="isService">Whether there is a service.</param>
    public void Sweep(Func<string, string, bool> isThere, Func<string, bool> isService)
    {
        foreach (var circuits in services.Values)
        {
            if (circuits.Open is null && !isService(circuits.Name))
            {
                services.TryRemove(circuits.Name, out _);
            }
            else
            {
                circuits.Sweep(instance => isThere(circuits.Name, instance));
            }
        }
    }
}
