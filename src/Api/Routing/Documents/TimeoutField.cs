using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>timeout</c>.</summary>
internal sealed class TimeoutField : IRouteField
{
    public string Name => "timeout";

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors) => route with
    {
        Timeout = DocumentFields.Value(
            node, path, errors, route.Timeout, Duration.Parse, "a duration such as 10s, 250ms, 1m or 1h"),
    };

    public DocumentNode Write(RouteDocument route) => DocumentNode.Of(Duration.Format(route.Timeout));
}
