using System.Globalization;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Routing.Documents;

/// <summary><c>log</c>.</summary>
internal sealed class LogField : IRouteField
{
    private static readonly RouteLog Default = new();

    public string Name => "log";

    public FieldSchema Schema { get; } = FieldSchema.Map(
        "What the access log tells of the route's requests beside what it tells of all. The field turns the log on for the route.",
        ("sample", FieldSchema.Number("The share of requests without an error that are logged. Errors always are.", 0, 1, 1)),
        ("requestHeaders", FieldSchema.Flag("Whether requests' headers are logged, without those that hold secrets.", false)),
        ("responseHeaders", FieldSchema.Flag("Whether responses' headers are logged, without those that hold secrets.", false)),
        ("requestBody", FieldSchema.Integer("How many bytes of a request's body are logged, of JSON and forms, without secrets.", 0, 65_536, 0)),
        ("responseBody", FieldSchema.Integer("How many bytes of a response's body are logged, of JSON and forms, without secrets.", 0, 65_536, 0)),
        ("redact", FieldSchema.List(
            "Further headers, and fields of bodies, whose values are left out.", FieldSchema.Text("A name, in any case."))));

    public RouteDocument Read(RouteDocument route, DocumentNode node, string path, List<RouteError> errors)
    {
        var fields = new DocumentFields(
            node, path, errors, "sample", "requestHeaders", "responseHeaders", "requestBody", "responseBody", "redact");
        return route with
        {
            Log = new RouteLog
            {
                Sample = fields.Fraction("sample", Default.Sample),
                RequestHeaders = fields.Flag("requestHeaders", Default.RequestHeaders),
                ResponseHeaders = fields.Flag("responseHeaders", Default.ResponseHeaders),
                RequestBody = fields.Integer("requestBody", Default.RequestBody),
                ResponseBody = fields.Integer("responseBody", Default.ResponseBody),
                Redact = fields.Texts("redact"),
            },
        };
    }

    public DocumentNode? Write(RouteDocument route)
    {
        if (route.Log is not { } log)
        {
            return null;
        }

        var fields = new List<KeyValuePair<string, DocumentNode>>
        {
            new("sample", new DocumentNode(DocumentNodeKind.Number) { Text = log.Sample.ToString(CultureInfo.InvariantCulture) }),
            new("requestHeaders", Flag(log.RequestHeaders)),
            new("responseHeaders", Flag(log.ResponseHeaders)),
            new("requestBody", Number(log.RequestBody)),
            new("responseBody", Number(log.ResponseBody)),
        };
        if (!log.Redact.IsEmpty)
        {
            fields.Add(new("redact", DocumentNode.Of(log.Redact)));
        }

        return DocumentNode.Of(fields);
    }

    private static DocumentNode Flag(bool value) => new(DocumentNodeKind.Boolean) { Text = value ? "true" : "false" };

    private static DocumentNode Number(int value) =>
        new(DocumentNodeKind.Number) { Text = value.ToString(CultureInfo.InvariantCulture) };
}
