using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>balance</c>: a rule's name, or a map with it and more.</summary>
internal sealed class BalanceField : IRouteField
{
    private static readonly BalanceDetails Default = new();
    private static readonly string Expected = $"one of {string.Join(", ", BalanceNames.All)}";

    public string Name => "balance";

    public FieldSchema Schema { get; } = FieldSchema.WordOrMap(
        "How an instance is chosen among the service's.",
        BalanceNames.All,
        BalanceNames.Of(BalanceRule.RoundRobin),
        ("rule", FieldSchema.OneOf("The rule.", BalanceNames.All, BalanceNames.Of(BalanceRule.RoundRobin))),
        ("slowStart", FieldSchema.Duration(
            "How long an instance that has come up gets less than its share, a tenth at first; to 15m. Not of `consistent-hash`.", Default.SlowStart)),
        ("by", FieldSchema.Text(
            "Of `consistent-hash`: what it goes by: `address`, `consumer`, `client`, `header:NAME` or `cookie:NAME`; a request without it by its client's address.",
            RequestKeyNames.Of(Default.Key))),
        ("bound", FieldSchema.Number(
            "Of `consistent-hash`: how many times the mean of the requests in flight an instance may have before its clients go on to the next, from 1.05; 0 for no bound.",
            0, 10, Default.Bound)),
        ("spillAt", FieldSchema.Integer(
            "Of `zone-aware`: from how many requests in flight to each of the zone's instances, on average, requests leave the zone; 0 for never.",
            0, 100_000, Default.SpillAt)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind != DocumentNodeKind.Map)
        {
            return route with { Balance = DocumentFields.Value(node, path, errors, BalanceRule.RoundRobin, BalanceNames.Parse, Expected) };
        }

        var fields = new DocumentFields(node, path, errors, "rule", "slowStart", "by", "bound", "spillAt");
        return route with
        {
            Balance = fields.Value("rule", BalanceRule.RoundRobin, BalanceNames.Parse, Expected),
            BalanceDetails = new BalanceDetails
            {
                SlowStart = fields.Span("slowStart", Default.SlowStart),
                Key = RequestKeyNames.Read(fields, "by", Default.Key),
                Bound = fields.Fraction("bound", Default.Bound),
                SpillAt = fields.Integer("spillAt", Default.SpillAt),
            },
        };
    }

    public DocumentNode Write(RouteDocument route)
    {
        var details = route.BalanceDetails;
        var rule = DocumentNode.Of(BalanceNames.Of(route.Balance));
        return details == Default
            ? rule
            : new NodeFields()
                .Add("rule", rule)
                .Span("slowStart", details.SlowStart, Default.SlowStart)
                .Text("by", RequestKeyNames.Of(details.Key), RequestKeyNames.Of(Default.Key))
                .Number("bound", details.Bound, Default.Bound)
                .Number("spillAt", details.SpillAt, Default.SpillAt)
                .Node();
    }
}
