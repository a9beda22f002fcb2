using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>affinity</c>.</summary>
internal sealed class AffinityField : IRouteField
{
    private static readonly RouteAffinity Default = new();

    public string Name => "affinity";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "That a client keeps its instance as long as that takes calls, by a signed cookie that the front door sets. `{}` is enough.",
        ("cookie", FieldSchema.Text("The cookie's name.", Default.Cookie)),
        ("lifetime", FieldSchema.Duration("How long the browser keeps it, to 720h; `0s`: until it is closed.", Default.Lifetime)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "cookie", "lifetime");
        return route with
        {
            Affinity = new RouteAffinity
            {
                Cookie = fields.Text("cookie") ?? Default.Cookie,
                Lifetime = fields.Span("lifetime", Default.Lifetime),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Affinity is { } affinity
        ? new NodeFields().Add("cookie", DocumentNode.Of(affinity.Cookie)).Span("lifetime", affinity.Lifetime, Default.Lifetime).Node()
        : null;
}
