using System.Text;
using System.Text.Json;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>Reads JSON (RFC 8259), without comments or trailing commas, and refuses names given twice.</summary>
internal ref struct JsonTree
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = DocumentLimits.MaxDepth };

    private Utf8JsonReader reader;
    private int nodes;

    private JsonTree(ReadOnlySpan<byte> utf8) => reader = new Utf8JsonReader(utf8, Options);

    /// <exception cref="DocumentSyntaxException">It is not JSON, or too much of it.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var tree = new JsonTree(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
            tree.reader.Read();
            var root = tree.Node();
            tree.reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            // The text after this is where it happened, which is told apart.
            var message = e.Message.Split(" LineNumber: ")[0].TrimEnd('.');
            throw new DocumentSyntaxException($"is not valid JSON: {message}", (int)(e.LineNumber ?? 0) + 1);
        }
        catch (InvalidOperationException e)
        {
            // What the reader throws for a text that is not Unicode: bad UTF-8, half of a surrogate pair.
            throw new DocumentSyntaxException("is not valid JSON: a text in it is not valid Unicode", e);
        }
    }

    private DocumentNode Node()
    {
        nodes++;
        if (nodes > DocumentLimits.MaxNodes)
        {
            throw DocumentLimits.TooMany(0);
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Map(),
            JsonTokenType.StartArray => List(),
            JsonTokenType.String => DocumentNode.Of(reader.GetString()!),
            JsonTokenType.Number => new(DocumentNodeKind.Number) { Text = Encoding.UTF8.GetString(reader.ValueSpan) },
            JsonTokenType.True => new(DocumentNodeKind.Boolean) { Text = "true" },
            JsonTokenType.False => new(DocumentNodeKind.Boolean) { Text = "false" },
            _ => new(DocumentNodeKind.Null),
        };
    }

    private DocumentNode List()
    {
        var items = new List<DocumentNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Node());
        }

        return new(DocumentNodeKind.List) { Items = items };
    }

    private DocumentNode Map()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var fields = new List<KeyValuePair<string, DocumentNode>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new DocumentSyntaxException($"has the field '{Excerpt.Of(name)}' twice in one object");
            }

            reader.Read();
            fields.Add(new(name, Node()));
        }

        return new(DocumentNodeKind.Map) { Fields = fields };
    }
}
