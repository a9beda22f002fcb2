using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>balance</c>.</summary>
internal sealed class BalanceField : IRouteField
{
    public string Name => "balance";

    public FieldSchema Schema { get; } = FieldSchema.OneOf(
        "How an instance is chosen among the service's.", BalanceNames.All, BalanceNames.Of(BalanceRule.RoundRobin));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors) => route with
    {
        Balance = DocumentFields.Value(
            node, path, errors, BalanceRule.RoundRobin, BalanceNames.Parse, $"one of {string.Join(", ", BalanceNames.All)}"),
    };

    public DocumentNode Write(RouteDocument route) => DocumentNode.Of(BalanceNames.Of(route.Balance));
}
