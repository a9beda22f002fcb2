using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>mirror</c>.</summary>
internal sealed class MirrorField : IRouteField
{
    private static readonly RouteMirror Default = new() { Service = "" };

    public string Name => "mirror";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "Copies a share of the requests to another service, with the header `Gatehouse-Mirror`; what it answers is dropped, and nobody waits for it.",
        ("service", FieldSchema.Text("The service that gets the copies.").Required()),
        ("share", FieldSchema.Number("The share of requests that is copied, above 0 to 1.", 0, 1, Default.Share)),
        ("maxBody", FieldSchema.Size("Requests with a longer body are not copied; to 16MiB.", Default.MaxBody)),
        ("concurrent", FieldSchema.Integer(
            "How many copies are under way at once at a front door; beyond, requests are not copied.", 1, 10_000, Default.Concurrent)));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "service", "share", "maxBody", "concurrent");
        return route with
        {
            Mirror = new RouteMirror
            {
                Service = fields.RequiredText("service"),
                Share = fields.Fraction("share", Default.Share),
                MaxBody = fields.Value("maxBody", Default.MaxBody, ByteSize.Parse, ByteSize.Expected),
                Concurrent = fields.Integer("concurrent", Default.Concurrent),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.Mirror is { } mirror
        ? new NodeFields()
            .Add("service", DocumentNode.Of(mirror.Service))
            .Number("share", mirror.Share, Default.Share)
            .Size("maxBody", mirror.MaxBody, Default.MaxBody)
            .Number("concurrent", mirror.Concurrent, Default.Concurrent)
            .Node()
        : null;
}
