using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>canary</c>: a word, or a map that says by what.</summary>
internal sealed class CanaryField : IRouteField
{
    private const string Sticky = "sticky";

    private static readonly RouteCanary Default = new();

    public string Name => "canary";

    public FieldSchema Schema { get; } = FieldSchema.WordOrMap(
        "That the sides of a `split` keep their callers, on all front doors and for good; without it each request goes by chance.",
        [Sticky],
        null,
        ("by", FieldSchema.Text(
            "Who stays together: `consumer`, `client`, `address`, `header:NAME` or `cookie:NAME`; a request without it goes by its client's address.",
            RequestKeyNames.Of(Default.Key))));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind == DocumentNodeKind.Map)
        {
            var fields = new DocumentFields(node, path, errors, "by");
            return route with { Canary = new RouteCanary { Key = RequestKeyNames.Read(fields, "by", Default.Key) } };
        }

        if (node is not { Kind: DocumentNodeKind.Text, Text: Sticky })
        {
            DocumentFields.Add(errors, path, $"must be '{Sticky}', or a map with 'by', not {DocumentFields.NameOf(node)}");
        }

        return route with { Canary = Default };
    }

    public DocumentNode? Write(RouteDocument route) => route.Canary switch
    {
        null => null,
        var canary when canary == Default => DocumentNode.Of(Sticky),
        var canary => new NodeFields().Add("by", DocumentNode.Of(RequestKeyNames.Of(canary.Key))).Node(),
    };
}
