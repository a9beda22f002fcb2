using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>cache</c>.</summary>
internal sealed class CacheField : IRouteField
{
    private const string Upstream = "upstream";

    private static readonly RouteCache Default = new();

    public string Name => "cache";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Keeps responses and uses them for other requests (RFC 9111, as a shared cache). `{}` is enough.",
        ("ttl", FieldSchema.Text(
            "How long a response is fresh that does not say so itself: a duration from 1s to 24h, or `upstream`: such a response is not kept.", Upstream)),
        ("vary", FieldSchema.List("Request headers that responses differ by, beside those in their `Vary`.", FieldSchema.Text("A header's name."))),
        ("maxBody", FieldSchema.Size("Responses with a longer body are not kept; to 64MiB.", Default.MaxBody)),
        ("tags", FieldSchema.List("What the responses can be invalidated by, beside the tags in their `Cache-Tag`.", FieldSchema.Text("A tag."))),
        ("staleIfError", FieldSchema.Duration(
            "How long a response that is no longer fresh may stand in for an error, when it does not say so itself; to 24h.", Default.StaleIfError)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "ttl", "vary", "maxBody", "tags", "staleIfError");
        return route with
        {
            Cache = new RouteCache
            {
                Ttl = fields.Value<(bool, TimeSpan? Ttl)>("ttl", default, ParseTtl, $"'{Upstream}', or {Duration.Expected}").Ttl,
                Vary = fields.Texts("vary"),
                MaxBody = fields.Value("maxBody", Default.MaxBody, ByteSize.Parse, ByteSize.Expected),
                Tags = fields.Texts("tags"),
                StaleIfError = fields.Span("staleIfError", Default.StaleIfError),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Cache is { } cache
        ? new NodeFields()
            .Add("ttl", WriteTtl(cache.Ttl))
            .Texts("vary", cache.Vary)
            .Size("maxBody", cache.MaxBody, Default.MaxBody)
            .Texts("tags", cache.Tags)
            .Span("staleIfError", cache.StaleIfError, Default.StaleIfError)
            .Node()
        : null;

    private static DocumentNode WriteTtl(TimeSpan? ttl) => DocumentNode.Of(ttl is { } span ? Duration.Format(span) : Upstream);

    private static (bool, TimeSpan? Ttl)? ParseTtl(string text)
    {
        if (text == Upstream)
        {
            return (true, null);
        }

        return Duration.Parse(text) is { } ttl ? (true, ttl) : null;
    }
}
