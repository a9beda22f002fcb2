using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>The limits of a route.</summary>
internal sealed class LimitStage(LimitCells cells, LimitSubjects subjects, LimitMetrics metrics) : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        var limits = route.Document.Limits;
        if (limits.IsEmpty)
        {
            return next;
        }

        var limiters = RouteLimiter.Named(limits).Select(named => new RouteLimiter(route.Id, named.Limit, named.Name, cells, subjects));
        return new LimitStep(route.Document.Match.Path, [.. limiters], next, metrics).Answer;
    }
}
