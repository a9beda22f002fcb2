using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Mirroring;

/// <summary>The policy <c>mirror</c>: copies a share of a route's requests to another service.</summary>
internal sealed class MirrorStage(Mirrors mirrors, Random random) : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Mirror is not { } policy)
        {
            return next;
        }

        var mirror = new Mirror(policy, mirrors, next);
        return call => random.NextDouble() < policy.Share ? mirror.Answer(call) : next(call);
    }
}
