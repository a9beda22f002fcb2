using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>fallback</c>.</summary>
internal sealed class FallbackField : IRouteField
{
    public string Name => "fallback";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "What answers when the attempts failed (as `retry.on` says), no instance takes calls, the circuit is open or the bulkhead is full: one of `status`, `service` and `cached`.",
        ("status", FieldSchema.Integer("The status of a fixed response.", 200, 599)),
        ("contentType", FieldSchema.Text("Its media type.")),
        ("body", FieldSchema.Text("Its body; to 64 KiB.")),
        ("service", FieldSchema.Text("A service that is asked instead, once.")),
        ("cached", FieldSchema.Duration("How old the last good response to the same request may be that is given again; 1s to 24h. Of GET and HEAD, to 256 KiB, unless it says `no-store` or `private`; for each caller apart, and on routes for anybody without credentials only.")));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "status", "contentType", "body", "service", "cached");
        return route with
        {
            Fallback = new RouteFallback
            {
                Status = fields.Integer("status", 0),
                ContentType = fields.Text("contentType") ?? "",
                Body = fields.Text("body") ?? "",
                Service = fields.Text("service"),
                Cached = fields.Span("cached", TimeSpan.Zero),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Fallback is { } fallback
        ? new NodeFields()
            .Number("status", fallback.Status, 0)
            .Text("contentType", fallback.ContentType)
            .Text("body", fallback.Body)
            .Text("service", fallback.Service ?? "")
            .Span("cached", fallback.Cached, TimeSpan.Zero)
            .Node()
        : null;
}
