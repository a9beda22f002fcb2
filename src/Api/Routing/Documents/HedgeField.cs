using System.Globalization;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>hedge</c>.</summary>
internal sealed class HedgeField : IRouteField
{
    private const double DefaultPercentile = 95;

    public string Name => "hedge";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Sends a request that is answered late to a further instance beside the first; the first good answer counts, the others are cancelled. Of GET, HEAD and OPTIONS without a body. `{}` is enough.",
        ("after", FieldSchema.Text("When: a duration from 1ms to 1m, or a percentile from `p50` to `p99.9` of the latencies that the service had lately.", "p95")),
        ("max", FieldSchema.Integer("How many more are sent at most, each after that time again; they count for the budget of `retry`.", 1, 3, 1)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "after", "max");
        var (after, percentile) = fields.Value(
            "after", (TimeSpan.Zero, DefaultPercentile), ParseAfter, "a percentile such as p95, or a duration such as 50ms");
        return route with { Hedge = new RouteHedge { After = after, Percentile = percentile, Max = fields.Integer("max", 1) } };
    }

    public DocumentNode? Write(RouteDocument route) => route.Hedge is { } hedge
        ? new NodeFields()
            .Add("after", DocumentNode.Of(After(hedge)))
            .Number("max", hedge.Max, 1)
            .Node()
        : null;

    private static string After(RouteHedge hedge) =>
        hedge.Percentile > 0 ? string.Create(CultureInfo.InvariantCulture, $"p{hedge.Percentile}") : Duration.Format(hedge.After);

    private static (TimeSpan After, double Percentile)? ParseAfter(string text)
    {
        if (text.StartsWith('p'))
        {
            return double.TryParse(text.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percentile)
                ? (TimeSpan.Zero, percentile)
                : null;
        }

        return Duration.Parse(text) is { } after ? (after, 0) : null;
    }
}
