using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>request</c>.</summary>
internal sealed class RequestField : IRouteField
{
    public string Name => "request";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "How large requests may be; larger ones are answered 413, 414 or 431. What is not said, only the server limits.",
        ("body", FieldSchema.Size("The most bytes of a body, also of one whose length is not said.")),
        ("headers", FieldSchema.Integer("The most header fields, of the 100 that a listener takes.", 1, 1000)),
        ("headerBytes", FieldSchema.Size("The most bytes of headers, names and values together, of the 32 KiB that a listener takes.")),
        ("target", FieldSchema.Size("The most bytes of path and query, of the 8 KiB that a listener takes for the first line.")));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(node, path, errors, "body", "headers", "headerBytes", "target");
        var headers = fields.Integer("headers", int.MinValue);
        return route with
        {
            RequestLimits = new RequestLimits
            {
                Body = Size(fields, "body"),
                Headers = headers == int.MinValue ? null : headers,
                HeaderBytes = Narrow(Size(fields, "headerBytes")),
                Target = Narrow(Size(fields, "target")),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route) => route.RequestLimits is { } limits
        ? new NodeFields()
            .Size("body", limits.Body)
            .Number("headers", limits.Headers ?? 0, 0)
            .Size("headerBytes", limits.HeaderBytes)
            .Size("target", limits.Target)
            .Node()
        : null;

    private static long? Size(DocumentFields fields, string name) =>
        fields.Value(name, -1L, ByteSize.Parse, ByteSize.Expected) is var size and >= 0 ? size : null;

    // Beyond what a rule allows in any case.
    private static int? Narrow(long? size) => size is { } value ? (int)Math.Min(value, int.MaxValue) : null;
}
