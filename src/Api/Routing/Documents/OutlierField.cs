using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>outliers</c>.</summary>
internal sealed class OutlierField : IRouteField
{
    private static readonly RouteOutliers Missing = new();

    public string Name => "outliers";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Passes over instances that do worse than the others, at all front doors, for a time. `{}` is enough.",
        ("consecutive", FieldSchema.Integer("So many failed calls in a row at one front door are too many; 0 for any number.", 0, 10_000, Missing.Consecutive)),
        ("deviation", FieldSchema.Number(
            "How many standard deviations below the mean of the instances an instance's share of good calls is too low; 0 for not at all.", 0, 10, Missing.Deviation)),
        ("minimumThroughput", FieldSchema.Integer("Instances with fewer calls in the interval are not compared; at least five must be.", 1, 1_000_000, Missing.MinimumThroughput)),
        ("interval", FieldSchema.Duration("How often, and over which time, instances are compared; 1s to 5m.", Missing.Interval)),
        ("sleep", FieldSchema.Duration("How long an outlier is passed over; 100ms to 1h.", Missing.Sleep)),
        ("maxShare", FieldSchema.Number("The share of the service's instances that may be passed over at once, above 0; one always may, of several.", 0, 1, Missing.MaxShare)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "consecutive", "deviation", "minimumThroughput", "interval", "sleep", "maxShare");
        return route with
        {
            Outliers = new RouteOutliers
            {
                Consecutive = fields.Integer("consecutive", Missing.Consecutive),
                Deviation = fields.Fraction("deviation", Missing.Deviation),
                MinimumThroughput = fields.Integer("minimumThroughput", Missing.MinimumThroughput),
                Interval = fields.Span("interval", Missing.Interval),
                Sleep = fields.Span("sleep", Missing.Sleep),
                MaxShare = fields.Fraction("maxShare", Missing.MaxShare),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Outliers is { } outliers
        ? new NodeFields()
            .Add("consecutive", DocumentNode.Of(outliers.Consecutive))
            .Number("deviation", outliers.Deviation, Missing.Deviation)
            .Number("minimumThroughput", outliers.MinimumThroughput, Missing.MinimumThroughput)
            .Span("interval", outliers.Interval, Missing.Interval)
            .Span("sleep", outliers.Sleep, Missing.Sleep)
            .Number("maxShare", outliers.MaxShare, Missing.MaxShare)
            .Node()
        : null;
}
