using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>Writes routes as <see cref="RouteDocumentReader"/> reads them; what is as by default is left out.</summary>
internal static class RouteDocumentWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static ReadOnlyMemory<byte> WriteRoute(RouteDocument route, DocumentFormat format) => Write(Route(route), format);

    public static ReadOnlyMemory<byte> WriteSet(IEnumerable<RouteDocument> routes, DocumentFormat format) =>
        Write(
            new DocumentNode(DocumentNodeKind.Map) { Fields = [new("routes", DocumentNode.Of(routes.Select(Route)))] },
            format);

    private static ReadOnlyMemory<byte> Write(DocumentNode node, DocumentFormat format)
    {
        if (format == DocumentFormat.Yaml)
        {
            return YamlTreeWriter.Write(node);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            WriteJson(json, node);
        }

        return buffer.WrittenMemory;
    }

    private static void WriteJson(Utf8JsonWriter json, DocumentNode node)
    {
        switch (node.Kind)
        {
            case DocumentNodeKind.Map:
                json.WriteStartObject();
                foreach (var (name, value) in node.Fields)
                {
                    json.WritePropertyName(name);
                    WriteJson(json, value);
                }

                json.WriteEndObject();
                break;
            case DocumentNodeKind.List:
                json.WriteStartArray();
                foreach (var item in node.Items)
                {
                    WriteJson(json, item);
                }

                json.WriteEndArray();
                break;
            case DocumentNodeKind.Number or DocumentNodeKind.Boolean:
                json.WriteRawValue(node.Text);
                break;
            default:
                json.WriteStringValue(node.Text);
                break;
        }
    }

    private static DocumentNode Route(RouteDocument route) => Fields(
    [
        ("id", DocumentNode.Of(route.Id)),
        ("match", Match(route.Match)),
        ("to", Target(route.To)),
        ("rewrite", Rewrite(route.Rewrite)),
        .. RouteFields.Write(route),
    ]);

    private static DocumentNode Match(RouteMatch match) => Fields(
        ("hosts", DocumentNode.Of(match.Hosts)),
        ("path", DocumentNode.Of(match.Path)),
        ("methods", DocumentNode.Of(match.Methods)),
        ("headers", DocumentNode.Of(match.Headers.Select(Condition))),
        ("query", DocumentNode.Of(match.Query.Select(Condition))));

    private static DocumentNode Condition(ValueMatch condition) => Fields(
        ("name", DocumentNode.Of(condition.Name)),
        ("values", DocumentNode.Of(condition.Values)));

    private static DocumentNode Target(RouteTarget target) => Fields(
        ("service", target.Service is { } service ? DocumentNode.Of(service) : null),
        ("split", DocumentNode.Of(target.Split.Select(Side))));

    private static DocumentNode Side(SplitTarget side) => Fields(
        ("service", DocumentNode.Of(side.Service)),
        ("weight", new DocumentNode(DocumentNodeKind.Number) { Text = side.Weight.ToString(CultureInfo.InvariantCulture) }));

    private static DocumentNode Rewrite(RouteRewrite rewrite) => Fields(
        ("removePrefix", rewrite.RemovePrefix.Length > 0 ? DocumentNode.Of(rewrite.RemovePrefix) : null),
        ("addPrefix", rewrite.AddPrefix.Length > 0 ? DocumentNode.Of(rewrite.AddPrefix) : null),
        ("setHeaders", DocumentNode.Of(rewrite.SetHeaders
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => KeyValuePair.Create(header.Key, DocumentNode.Of(header.Value))))),
        ("removeHeaders", DocumentNode.Of(rewrite.RemoveHeaders)));

    private static DocumentNode Fields(params (string Name, DocumentNode? Value)[] fields) => DocumentNode.Of(
        fields
            .Where(field => field.Value is { } value && !IsEmpty(value))
            .Select(field => KeyValuePair.Create(field.Name, field.Value!)));

    private static bool IsEmpty(DocumentNode node) => node.Kind switch
    {
        DocumentNodeKind.List => node.Items.Count == 0,
        DocumentNodeKind.Map => node.Fields.Count == 0,
        _ => false,
    };
}
