using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>ip</c>.</summary>
internal sealed class AddressField : IRouteField
{
    public string Name => "ip";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "From which client addresses requests are taken; others are answered 403. Behind trusted proxies, the client's is the last address that is not such a proxy.",
        ("allow", FieldSchema.List("Addresses and networks (CIDR) that are served; none for all.", FieldSchema.Text("An address or network."))),
        ("deny", FieldSchema.List("Addresses and networks that are not, also when they are allowed.", FieldSchema.Text("An address or network."))));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "allow", "deny");
        return route with { Addresses = new RouteAddresses { Allow = fields.Texts("allow"), Deny = fields.Texts("deny") } };
    }

    public DocumentNode? Write(RouteDocument route) => route.Addresses is { } addresses
        ? new NodeFields().Texts("allow", addresses.Allow).Texts("deny", addresses.Deny).Node()
        : null;
}
