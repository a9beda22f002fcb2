using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>timeout</c>.</summary>
internal sealed class TimeoutField : IRouteField
{
    public string Name => "timeout";

    public FieldSchema Schema { get; } = FieldSchema.Duration(
        "How long the upstream may take until its response begins; 1ms to 1h.", TimeSpan.FromSeconds(10));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors) => route with
    {
        Timeout = DocumentFields.Value(
            node, path, errors, route.Timeout, Duration.Parse, "a duration such as 10s, 250ms, 1m or 1h"),
    };

    public DocumentNode Write(RouteDocument route) => DocumentNode.Of(Duration.Format(route.Timeout));
}
