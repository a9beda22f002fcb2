using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>maintenance</c>.</summary>
internal sealed class MaintenanceField : IRouteField
{
    private static readonly RouteMaintenance Default = new();

    public string Name => "maintenance";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Takes the route out of service: its requests are answered 503, and none goes on. `{}` is enough.",
        ("message", FieldSchema.Text("What callers are told.")),
        ("retryAfter", FieldSchema.Duration("When they are told to come again; 1s to 24h.", Default.RetryAfter)),
        ("allow", FieldSchema.List("Addresses and networks that are served all the same, to try the route.", FieldSchema.Text("An address or network."))));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "message", "retryAfter", "allow");
        return route with
        {
            Maintenance = new RouteMaintenance
            {
                Message = fields.Text("message") ?? "",
                RetryAfter = fields.Span("retryAfter", Default.RetryAfter),
                Allow = fields.Texts("allow"),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Maintenance is { } maintenance
        ? new NodeFields()
            .Text("message", maintenance.Message)
            .Add("retryAfter", DocumentNode.Of(Duration.Format(maintenance.RetryAfter)))
            .Texts("allow", maintenance.Allow)
            .Node()
        : null;
}
