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
        "Keeps responses and gives them to other callers, as a shared cache does (RFC 9111). What a response says of itself always counts.",
        ("ttl", FieldSchema.Text("How long a response is fresh that does not say so itself: 1s to 24h; `upstream`: such responses are not kept.", Upstream)),
        ("vary", FieldSchema.List("Request headers that responses differ by, beyond their own `Vary`.", FieldSchema.Text("A header's name."))),
        ("largest", FieldSchema.Size("The largest response that is kept; to 64MiB.", Default.Largest)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "ttl", "vary", "largest");
        var ttl = fields.Text("ttl") is null or Upstream
            ? null
            : (TimeSpan?)fields.Value("ttl", TimeSpan.FromMinutes(1), Duration.Parse, "'upstream', or a duration such as 60s");
        return route with
        {
            Cache = new RouteCache
            {
                Ttl = ttl,
                Vary = fields.Texts("vary"),
                Largest = (int)Math.Min(int.MaxValue, fields.Value("largest", (long)Default.Largest, ByteSize.Parse, ByteSize.Expected)),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Cache is { } cache
        ? new NodeFields()
            .Add("ttl", DocumentNode.Of(cache.Ttl is { } ttl ? Duration.Format(ttl) : Upstream))
            .Texts("vary", cache.Vary)
            .Size("largest", cache.Largest, Default.Largest)
            .Node()
        : null;
}
