using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>timeout</c>.</summary>
internal sealed class TimeoutField : IRouteField
{
    public string Name => "timeout";

    public FieldSchema Schema { get; } = FieldSchema.Duration(
        "Short for `timeouts: { perTry: … }`: how long an attempt may take until the response begins; 1ms to 1h. Not beside `timeouts`.", RouteDocument.DefaultTimeout);

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors) => route with
    {
        Timeout = DocumentFields.Value(
            node, path, errors, route.Timeout, Duration.Parse, "a duration such as 10s, 250ms, 1m or 1h"),
    };

    public DocumentNode? Write(RouteDocument route) => route.Timeouts is null ? DocumentNode.Of(Duration.Format(route.Timeout)) : null;
}
