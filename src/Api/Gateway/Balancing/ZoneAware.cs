using System.Collections.Immutable;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>One after another among those in this front door's zone; among all when the zone has none.</summary>
internal sealed class ZoneAware(string zone, Random random) : IBalancer
{
    private readonly Turn turn = new(random);
    private readonly Derived<ImmutableArray<RoutableInstance>> near = new(service => Near(service, zone));

    public RoutableInstance? Pick(ServiceInstances service, HttpContext context)
    {
        var instances = near.Of(service);
        return instances[turn.Next(instances.Length)];
    }

    private static ImmutableArray<RoutableInstance> Near(ServiceInstances service, string zone)
    {
        if (zone.Length == 0)
        {
            return service.Routable;
        }

        var local = service.Routable.RemoveAll(instance => !string.Equals(instance.Instance.Zone, zone, StringComparison.Ordinal));
        return local.IsEmpty ? service.Routable : local;
    }
}
