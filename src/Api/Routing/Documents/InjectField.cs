using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>inject</c>.</summary>
internal sealed class InjectField : IRouteField
{
    public string Name => "inject";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Makes up faults, so that teams can try how their clients bear them. What meets one has the response header `Gatehouse-Fault`.",
        ("delay", FieldSchema.Duration("How long a request waits first; to 5m.", TimeSpan.Zero)),
        ("status", FieldSchema.Integer("With what status it is answered instead of by the service.", 400, 599)),
        ("abort", FieldSchema.Flag("Whether its connection is cut instead.", false)),
        ("share", FieldSchema.Number("The share of requests that meet the fault, above 0 to 1.", 0, 1, 1)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "delay", "status", "abort", "share");
        return route with
        {
            Inject = new FaultInjection
            {
                Delay = fields.Span("delay", TimeSpan.Zero),
                Status = fields.Integer("status", 0),
                Abort = fields.Flag("abort", false),
                Share = fields.Fraction("share", 1),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Inject is { } inject
        ? new NodeFields()
            .Span("delay", inject.Delay, TimeSpan.Zero)
            .Number("status", inject.Status, 0)
            .Flag("abort", inject.Abort)
            .Number("share", inject.Share, 1)
            .Node()
        : null;
}
