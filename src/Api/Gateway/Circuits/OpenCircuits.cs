using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The circuits of a service that are not as all are at first. Immutable; there is none while all are.</summary>
/// <param name="Service">The service's own; null when it is closed.</param>
/// <param name="Instances">Those of instances, by instance id.</param>
internal sealed record OpenCircuits(CircuitEntry? Service, FrozenDictionary<string, CircuitEntry> Instances)
{
    private volatile Selection? last;
    private volatile Selection? lastWithout;

    /// <summary>When the first of the instances can be probed.</summary>
    public DateTimeOffset ProbeAt { get; } = Instances.Values.Where(IsProbed).Select(circuit => circuit.ProbeAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    /// <summary>All of them.</summary>
    public IEnumerable<CircuitEntry> All => Service is null ? Instances.Values : Instances.Values.Prepend(Service);

    /// <summary>The circuits of these entries; null when there are none.</summary>
    public static OpenCircuits? Of(IReadOnlyCollection<CircuitEntry> entries) => entries.Count == 0
        ? null
        : new OpenCircuits(
            entries.FirstOrDefault(entry => entry.Instance.Length == 0),
            entries.Where(entry => entry.Instance.Length > 0).ToFrozenDictionary(entry => entry.Instance, StringComparer.Ordinal));

    /// <summary>The entry of the service, or of an instance; null when it is as all are at first.</summary>
    public CircuitEntry? Find(string instance) => instance.Length == 0 ? Service : Instances.GetValueOrDefault(instance);

    /// <summary>
    /// What a balancer may pick from: instances whose circuit is closed and that are neither ejected nor unhealthy; when there
    /// are none of these, those whose circuit is closed. Worked out once for each version of the service's instances.
    /// </summary>
    /// <param name="instances">The service's instances.</param>
    /// <param name="heeded">Whether the route has circuits; one without heeds those that an operator has opened.</param>
    public ServiceInstances Select(ServiceInstances instances, bool heeded)
    {
        if (Instances.Count == 0)
        {
            return instances;
        }

        var selection = heeded ? last : lastWithout;
        if (selection is null || !ReferenceEquals(selection.Among, instances))
        {
            selection = new Selection(instances, Choose(instances, heeded));
            if (heeded)
            {
                last = selection;
            }
            else
            {
                lastWithout = selection;
            }
        }

        return selection.Chosen;
    }

    /// <summary>The instances that get no calls because their circuits are open.</summary>
    public IEnumerable<(RoutableInstance Instance, CircuitEntry Circuit)> Shut(ImmutableArray<RoutableInstance> instances)
    {
        foreach (var instance in instances)
        {
            if (Find(instance) is { IsOpen: true } circuit)
            {
                yield return (instance, circuit);
            }
        }
    }

    /// <summary>Whether a circuit holds calls back: of a route without circuits, only if an operator has opened it.</summary>
    public static bool Holds(CircuitEntry? circuit, bool heeded) =>
        circuit is { IsOpen: true } && (heeded || circuit.Mode == CircuitMode.ForcedOpen);

    private static bool IsProbed(CircuitEntry circuit) => circuit is { IsOpen: true, Mode: CircuitMode.Auto };

    private CircuitEntry? Find(RoutableInstance instance) => Instances.GetValueOrDefault(instance.Instance.Id);

    private ServiceInstances Choose(ServiceInstances instances, bool heeded)
    {
        var closed = instances.Routable.RemoveAll(instance => Holds(Find(instance), heeded));
        var sound = closed.RemoveAll(instance => Find(instance) is { IsAvoided: true });
        return instances with { Routable = sound.IsEmpty ? closed : sound };
    }

    private sealed record Selection(ServiceInstances Among, ServiceInstances Chosen);
}
