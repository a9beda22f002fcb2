using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>auth</c>: a word, or a map of conditions.</summary>
internal sealed class AuthField : IRouteField
{
    private const string Anonymous = "anonymous";
    private const string Authenticated = "authenticated";
    private const string Optional = "optional";
    private const string Forward = "forward";
    private const string Withhold = "withhold";

    public string Name => "auth";

    public FieldSchema Schema { get; } = FieldSchema.WordOrMap(
        $"Who may call: `{Anonymous}`, `{Optional}` (anybody, but who presents credentials is found out), `{Authenticated}`, or a map of conditions that must all hold.",
        [Anonymous, Optional, Authenticated],
        Authenticated,
        ("scopes", FieldSchema.List("Scopes that the caller must have, all of them.", FieldSchema.Text("A scope."))),
        ("roles", FieldSchema.List("Roles of which the caller must have one.", FieldSchema.Text("A role."))),
        ("clients", FieldSchema.List("Clients of which one must have been issued the token.", FieldSchema.Text("A client's id."))),
        ("token", FieldSchema.OneOf("Whether the access token goes on to the service.", [Withhold, Forward], Withhold)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind == DocumentNodeKind.Map)
        {
            return route with { Auth = Conditions(node, path, errors) };
        }

        switch (node is { Kind: DocumentNodeKind.Text } ? node.Text : null)
        {
            case Anonymous:
                return route with { Auth = RouteAuth.Anybody };
            case Optional:
                return route with { Auth = RouteAuth.IfPresented };
            case Authenticated:
                return route with { Auth = RouteAuth.Authenticated };
            default:
                DocumentFields.Add(
                    errors, path, $"must be '{Anonymous}', '{Optional}', '{Authenticated}', or a map of scopes, roles and clients, not {DocumentFields.NameOf(node)}");
                return route;
        }
    }

    public DocumentNode? Write(RouteDocument route) => route.Auth switch
    {
        null => null,
        { Anonymous: true } => DocumentNode.Of(Anonymous),
        { Optional: true } => DocumentNode.Of(Optional),
        { Scopes: [], Roles: [], Clients: [], ForwardToken: false } => DocumentNode.Of(Authenticated),
        var auth => DocumentNode.Of(Conditions(auth)),
    };

    private static IEnumerable<KeyValuePair<string, DocumentNode>> Conditions(RouteAuth auth)
    {
        (string Name, ImmutableArray<string> Items)[] lists = [("scopes", auth.Scopes), ("roles", auth.Roles), ("clients", auth.Clients)];
        foreach (var (name, items) in lists.Where(list => !list.Items.IsEmpty))
        {
            yield return new(name, DocumentNode.Of(items));
        }

        if (auth.ForwardToken)
        {
            yield return new("token", DocumentNode.Of(Forward));
        }
    }

    private static RouteAuth Conditions(DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "scopes", "roles", "clients", "token");
        return new RouteAuth
        {
            Scopes = fields.Texts("scopes"),
            Roles = fields.Texts("roles"),
            Clients = fields.Texts("clients"),
            ForwardToken = fields.Value<bool>(
                "token", false, text => text switch { Forward => true, Withhold => false, _ => null }, $"'{Forward}' or '{Withhold}'"),
        };
    }
}
