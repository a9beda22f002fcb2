using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>health</c>.</summary>
internal sealed class HealthField : IRouteField
{
    private static readonly RouteHealth Missing = new() { Path = "/" };

    public string Name => "health";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Asks each instance of the service whether it is well, once in the cluster and not once per front door; those that are not are passed over. Of several routes to a service, the first by id that has the field says how.",
        ("path", FieldSchema.Text("What is asked for by GET; 2xx is well.").Required()),
        ("interval", FieldSchema.Duration("How often; 1s to 10m.", Missing.Interval)),
        ("timeout", FieldSchema.Duration("How long an answer may take; 10ms to 1m, and not longer than the interval.", Missing.Timeout)),
        ("healthy", FieldSchema.Integer("After how many good answers in a row an instance is used again.", 1, 100, Missing.Healthy)),
        ("unhealthy", FieldSchema.Integer("After how many bad answers in a row it is passed over.", 1, 100, Missing.Unhealthy)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "path", "interval", "timeout", "healthy", "unhealthy");
        return route with
        {
            Health = new RouteHealth
            {
                Path = fields.RequiredText("path"),
                Interval = fields.Span("interval", Missing.Interval),
                Timeout = fields.Span("timeout", Missing.Timeout),
                Healthy = fields.Integer("healthy", Missing.Healthy),
                Unhealthy = fields.Integer("unhealthy", Missing.Unhealthy),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Health is { } health
        ? new NodeFields()
            .Text("path", health.Path)
            .Span("interval", health.Interval, Missing.Interval)
            .Span("timeout", health.Timeout, Missing.Timeout)
            .Number("healthy", health.Healthy, Missing.Healthy)
            .Number("unhealthy", health.Unhealthy, Missing.Unhealthy)
            .Node()
        : null;
}
