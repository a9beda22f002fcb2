using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>circuit</c>: when circuits open, or <c>off</c>.</summary>
internal sealed class CircuitField : IRouteField
{
    private const string Off = "off";

    private static readonly RouteCircuit Missing = RouteCircuit.Default;

    public string Name => "circuit";

    public FieldSchema Schema { get; } = FieldSchema.WordOrMap(
        $"When the circuits of the service and of its instances open, for all front doors: what fails too often gets no calls for a while. On by default; `{Off}` for none.",
        [Off],
        null,
        ("window", FieldSchema.Duration("Over which time a front door counts its calls; 1s to 5m.", Missing.Window)),
        ("minimumThroughput", FieldSchema.Integer("With fewer calls in the window it does not open.", 1, 1_000_000, Missing.MinimumThroughput)),
        ("failureRate", FieldSchema.Number("The share of failed calls that opens it: above 0, at most 1.", 0, 1, Missing.FailureRate)),
        ("sleep", FieldSchema.Duration("How long it stays open before one call is admitted as a probe; 100ms to 1h.", Missing.Sleep)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind == DocumentNodeKind.Map)
        {
            return route with { Circuit = Circuit(node, path, errors) };
        }

        // YAML 1.1 reads a bare "off" as false.
        if (node is { Kind: DocumentNodeKind.Text or DocumentNodeKind.Boolean, Text: Off or "false" })
        {
            return route with { Circuit = RouteCircuit.None };
        }

        DocumentFields.Add(errors, path, $"must be '{Off}' or a map of window, minimumThroughput, failureRate and sleep, not {DocumentFields.NameOf(node)}");
        return route;
    }

    public DocumentNode? Write(RouteDocument route) => route.Circuit switch
    {
        null => null,
        { Off: true } => DocumentNode.Of(Off),
        var circuit => new NodeFields()
            .Add("window", DocumentNode.Of(Duration.Format(circuit.Window)))
            .Number("minimumThroughput", circuit.MinimumThroughput, Missing.MinimumThroughput)
            .Number("failureRate", circuit.FailureRate, Missing.FailureRate)
            .Span("sleep", circuit.Sleep, Missing.Sleep)
            .Node(),
    };

    private static RouteCircuit Circuit(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "window", "minimumThroughput", "failureRate", "sleep");
        return new RouteCircuit
        {
            Window = fields.Span("window", Missing.Window),
            MinimumThroughput = fields.Integer("minimumThroughput", Missing.MinimumThroughput),
            FailureRate = fields.Fraction("failureRate", Missing.FailureRate),
            Sleep = fields.Span("sleep", Missing.Sleep),
        };
    }
}
