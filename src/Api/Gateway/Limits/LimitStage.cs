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

        var taken = new HashSet<string>(StringComparer.Ordinal);
        var limiters = limits.Select(limit =>
        {
            var name = RouteLimiter.NameOf(limit);
            for (var i = 2; !taken.Add(name); i++)
            {
                name = $"{RouteLimiter.NameOf(limit)}-{i}";
            }

            return new RouteLimiter(route.Id, limit, name, cells, subjects);
        });
        return new LimitStep(route.Document.Match.Path, [.. limiters], next, metrics).Answer;
    }
}
