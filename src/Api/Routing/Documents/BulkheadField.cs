using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>bulkhead</c>.</summary>
internal sealed class BulkheadField : IRouteField
{
    private static readonly RouteBulkhead Missing = new();

    public string Name => "bulkhead";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "How many of the route's requests each front door has under way at a time; others are answered 503. A WebSocket counts until it is open.",
        ("concurrent", FieldSchema.Integer("The most.", 1, 1_000_000, Missing.Concurrent)),
        ("queue", FieldSchema.Integer("How many more wait for a place, in order, at most the total time of `timeouts`.", 0, 100_000, Missing.Queue)),
        ("adaptive", FieldSchema.Flag("Whether the limit follows the latency, up to `concurrent`: it falls while requests take longer than they did.", Missing.Adaptive)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "concurrent", "queue", "adaptive");
        return route with
        {
            Bulkhead = new RouteBulkhead
            {
                Concurrent = fields.Integer("concurrent", Missing.Concurrent),
                Queue = fields.Integer("queue", Missing.Queue),
                Adaptive = fields.Flag("adaptive", Missing.Adaptive),
            },
        };
    }

    public DocumentNode Write(RouteDocument route) => new NodeFields()
        .Number("concurrent", route.Bulkhead.Concurrent, Missing.Concurrent)
        .Number("queue", route.Bulkhead.Queue, Missing.Queue)
        .Flag("adaptive", route.Bulkhead.Adaptive)
        .Node();
}
