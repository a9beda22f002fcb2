using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>compression</c>.</summary>
internal sealed class CompressionField : IRouteField
{
    private static readonly RouteCompression Default = new();

    public string Name => "compression";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Compresses responses (Brotli, gzip) for clients that accept it, unless the service did. `{}` is enough.",
        ("types", FieldSchema.List("Media types; texts, JSON, XML, scripts, SVG and WebAssembly unless said.", FieldSchema.Text("`application/json`, `text/*`."))),
        ("minimum", FieldSchema.Size("Responses that say they are shorter go as they are.", Default.Minimum)),
        ("overTls", FieldSchema.Flag(
            "Whether responses over TLS are compressed too. Not for pages that have a secret and a caller's text in them: their length gives the secret away (BREACH).", false)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "types", "minimum", "overTls");
        return route with
        {
            Compression = new RouteCompression
            {
                Types = fields.Texts("types"),
                Minimum = fields.Value("minimum", Default.Minimum, ByteSize.Parse, ByteSize.Expected),
                OverTls = fields.Flag("overTls", false),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Compression is { } compression
        ? new NodeFields()
            .Texts("types", compression.Types)
            .Add("minimum", DocumentNode.Of(ByteSize.Format(compression.Minimum)))
            .Flag("overTls", compression.OverTls)
            .Node()
        : null;
}
