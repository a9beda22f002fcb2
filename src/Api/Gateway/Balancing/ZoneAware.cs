using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// One after another among those in this front door's zone. Requests spill over to the other zones when the zone has lost
/// instances (by Envoy's rule: a zone of which the share <c>h</c> takes calls keeps <c>1.4 h</c> of its requests) and when it has
/// too much to do (as in Ribbon: by the requests in flight to each of its instances).
/// </summary>
/// <param name="zone">This front door's zone; empty when it has none.</param>
/// <param name="spillAt">The mean of requests in flight from which the zone has too much to do; 0 for never.</param>
/// <param name="random">Decides which requests leave.</param>
/// <param name="metrics">Where they are counted.</param>
internal sealed class ZoneAware(string zone, int spillAt, Random random, BalanceMetrics metrics) : IBalancer
{
    /// <summary>How much more than its share of a zone's requests an instance can take.</summary>
    public const double Overprovision = 1.4;

    private readonly Turn nearTurn = new(random);
    private readonly Turn farTurn = new(random);
    private readonly Derived<Zones> zones = new(service => Zones.Of(service, zone));

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var (near, far, kept) = zones.Of(service);
        if (kept < 1 && random.NextDouble() >= kept)
        {
            metrics.Spill(service.Name, "zone-lost");
            return far[farTurn.Next(far.Length)];
        }

        var picked = near[nearTurn.Next(near.Length)];
        if (spillAt == 0 || picked.InFlight < spillAt || far.IsEmpty || !IsOverloaded(near, far))
        {
            return picked;
        }

        metrics.Spill(service.Name, "zone-busy");
        return far[farTurn.Next(far.Length)];
    }

    // Not when the others have as much to do: leaving would help nobody.
    private bool IsOverloaded(ImmutableArray<RoutableInstance> near, ImmutableArray<RoutableInstance> far) =>
        MeanOf(near) is var mean && mean >= spillAt && mean > MeanOf(far);

    private static double MeanOf(ImmutableArray<RoutableInstance> instances)
    {
        var sum = 0L;
        foreach (var instance in instances)
        {
            sum += instance.InFlight;
        }

        return (double)sum / instances.Length;
    }

    /// <param name="Near">Those in the zone; all when there are no others to choose from.</param>
    /// <param name="Far">Those elsewhere.</param>
    /// <param name="Kept">The share of requests that stays.</param>
    private sealed record Zones(ImmutableArray<RoutableInstance> Near, ImmutableArray<RoutableInstance> Far, double Kept)
    {
        public static Zones Of(ServiceInstances service, string zone)
        {
            var near = zone.Length == 0 ? [] : service.Routable.RemoveAll(instance => instance.Instance.Zone != zone);
            var far = service.Routable.RemoveRange(near);
            if (near.IsEmpty || far.IsEmpty)
            {
                return new Zones(service.Routable, [], 1);
            }

            // One that an operator took out, or that is not yet ready, is no loss.
            var lost = service.All.Values.Count(instance => instance.Zone == zone && IsLost(instance, near));
            return new Zones(near, far, Math.Min(1, Overprovision * near.Length / (near.Length + lost)));
        }

        private static bool IsLost(Instance instance, ImmutableArray<RoutableInstance> near) =>
            instance is { Action: not InstanceAction.Deleted, Status: InstanceStatus.Up or InstanceStatus.Down }
            && !near.Any(one => one.Instance.Id == instance.Id);
    }
}
