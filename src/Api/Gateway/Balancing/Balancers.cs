using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Routing;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>Makes the balancers of the rules that routes name.</summary>
internal sealed class Balancers(IOptions<GatehouseOptions> options, Peers peers, Random random)
{
    public IBalancer Make(BalanceRule rule) => rule switch
    {
        BalanceRule.RoundRobin => new RoundRobin(random),
        BalanceRule.Random => new RandomChoice(random),
        BalanceRule.LeastRequests => new LeastRequests(random),
        BalanceRule.PowerOfTwo => new PowerOfTwo(random),
        BalanceRule.Weighted => new Weighted(random),
        BalanceRule.ZoneAware => new ZoneAware(options.Value.Zone, random),
        BalanceRule.ConsistentHash => new ConsistentHash(peers.ClientOf),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such balance rule."),
    };
}
