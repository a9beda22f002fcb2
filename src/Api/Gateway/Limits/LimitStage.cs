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

        var limiters = limits.Select((limit, i) =>
        {
            var name = RouteLimiter.NameOf(limit);
            var before = limits.Take(i).Count(other => RouteLimiter.NameOf(other) == name);
            return new RouteLimiter(route.Id, limit, before == 0 ? name : $"{name}-{before + 1}", cells, subjects);
        });
        return new LimitStep(route.Document.Match.Path, [.. limiters], next, metrics).Answer;
    }
}
