using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>cors</c>.</summary>
internal sealed class CorsField : IRouteField
{
    private static readonly RouteCors Default = new();

    public string Name => "cors";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Which pages of other origins may call the route (CORS). Preflights are answered here; what services say of it is replaced.",
        ("origins", FieldSchema.List("The origins.", FieldSchema.Text("`https://app.example.org`, `https://*.example.org` or `*`.")).Required()),
        ("methods", FieldSchema.List("The methods; those of the route unless said, or any when it names none.", FieldSchema.Text("A method."))),
        ("headers", FieldSchema.List("Request headers beyond those that are always allowed; `*` for any.", FieldSchema.Text("A header's name."))),
        ("expose", FieldSchema.List("Response headers that a page may read.", FieldSchema.Text("A header's name."))),
        ("credentials", FieldSchema.Flag("Whether requests may carry cookies and other credentials.", false)),
        ("maxAge", FieldSchema.Duration("How long a browser may remember the answer; to 24h.", Default.MaxAge)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "origins", "methods", "headers", "expose", "credentials", "maxAge");
        return route with
        {
            Cors = new RouteCors
            {
                Origins = fields.Texts("origins"),
                Methods = fields.Texts("methods"),
                Headers = fields.Texts("headers"),
                Expose = fields.Texts("expose"),
                Credentials = fields.Flag("credentials", false),
                MaxAge = fields.Span("maxAge", Default.MaxAge),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Cors is { } cors
        ? new NodeFields()
            .Texts("origins", cors.Origins)
            .Texts("methods", cors.Methods)
            .Texts("headers", cors.Headers)
            .Texts("expose", cors.Expose)
            .Flag("credentials", cors.Credentials)
            .Span("maxAge", cors.MaxAge, Default.MaxAge)
            .Node()
        : null;
}
