using Gatehouse.Api.Gateway.Affinity;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>Makes the balancers of the rules that routes name.</summary>
internal sealed class Balancers(
    IOptions<GatehouseOptions> options, Peers peers, TrafficTable traffic, BalanceMetrics metrics, TimeProvider time, Random random)
{
    /// <summary>A balancer for one service of a route.</summary>
    public IBalancer Make(CompiledRoute route)
    {
        var details = route.Document.BalanceDetails;
        var rule = Make(route.Balance, details);
        if (details.SlowStart > TimeSpan.Zero)
        {
            rule = new SlowStart(rule, Make(route.Balance, details), details.SlowStart, time, random);
        }

        return route.Document.Affinity is null ? rule : new PreferredInstance(rule);
    }

    /// <summary>What decides on a request's side of a split; null when chance does.</summary>
    public CallHash? SideOf(CompiledRoute route) => route.Document.Canary is { } canary ? new CallHash(canary.Key, peers) : null;

    private IBalancer Make(BalanceRule rule, BalanceDetails details) => rule switch
    {
        BalanceRule.RoundRobin => new RoundRobin(random),
        BalanceRule.Random => new RandomChoice(random),
        BalanceRule.LeastRequests => new LeastRequests(random),
        BalanceRule.PowerOfTwo => new PowerOfTwo(random),
        BalanceRule.Weighted => new Weighted(random),
        BalanceRule.ZoneAware => new ZoneAware(options.Value.Zone, details.SpillAt, random, metrics),
        BalanceRule.ConsistentHash => new ConsistentHash(new CallHash(details.Key, peers).Of, details.Bound, metrics),
        BalanceRule.WeightedResponseTime => new WeightedResponseTime(FiguresOf, time, random),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such balance rule."),
    };

    private (long Calls, long Microseconds) FiguresOf(string instance) => traffic.Find(SeriesKind.Instance, instance)?.Total is { } total
        ? (total.Calls, total.SumMicroseconds)
        : default;
}
