using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>timeouts</c>.</summary>
internal sealed class TimeoutsField : IRouteField
{
    public string Name => "timeouts";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "How long requests may take until the response begins, counted from when the request is sent whole. The service is told in `Gatehouse-Timeout`.",
        ("total", FieldSchema.Duration("All attempts, with what is waited between them; 1ms to 1h. The time of one attempt if that is longer, unless it is said.", TimeSpan.FromSeconds(30))),
        ("perTry", FieldSchema.Duration("One attempt; 1ms to 1h. The total if that is shorter, unless it is said.", RouteDocument.DefaultTimeout)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "total", "perTry");
        return route with
        {
            Timeouts = new RouteTimeouts { Total = Span(fields, "total"), PerTry = Span(fields, "perTry") },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Timeouts is { } timeouts
        ? new NodeFields().Add("total", Node(timeouts.Total)).Add("perTry", Node(timeouts.PerTry)).Node()
        : null;

    private static TimeSpan? Span(DocumentFields fields, string name) =>
        fields.Span(name, Timeout.InfiniteTimeSpan) is var span && span == Timeout.InfiniteTimeSpan ? null : span;

    private static DocumentNode? Node(TimeSpan? span) => span is { } said ? DocumentNode.Of(Duration.Format(said)) : null;
}
