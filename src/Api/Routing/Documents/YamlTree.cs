using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>
/// Reads one YAML document. Aliases share the value they name, and its size counts each time, so that a short text
/// cannot stand for an endless one. Tags are refused: nothing in a route needs one.
/// </summary>
internal sealed class YamlTree
{
    private readonly Parser parser;
    private readonly Dictionary<AnchorName, (DocumentNode Node, long Size)> anchors = [];
    private long size;

    private YamlTree(string text) => parser = new Parser(new StringReader(text));

    /// <exception cref="DocumentSyntaxException">It is not YAML, or too much of it.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
                .GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
            return new YamlTree(text).Document();
        }
        catch (DecoderFallbackException e)
        {
            throw new DocumentSyntaxException("is not valid YAML: it is not UTF-8", e);
        }
    }

    private static int LineOf(Mark mark) => (int)Math.Min(mark.Line, int.MaxValue);

    private DocumentNode Document()
    {
        Next();
        if (Next() is StreamEnd)
        {
            return new(DocumentNodeKind.Null);
        }

        Next();
        var root = Node(depth: 0);
        Next();
        return Next() is DocumentStart second
            ? throw new DocumentSyntaxException("has a second document; one is expected", LineOf(second.Start))
            : root;
    }

    private ParsingEvent Next()
    {
        var line = parser.Current is { } current ? LineOf(current.End) : 1;
        try
        {
            return parser.MoveNext()
                ? parser.Current!
                : throw new DocumentSyntaxException("is not valid YAML: it ends too early", line);
        }
        catch (YamlException e)
        {
            throw new DocumentSyntaxException($"is not valid YAML: {e.Message}", LineOf(e.Start));
        }
        // The scanner meets some malformed texts with whatever its own code throws.
        catch (Exception e) when (e is not DocumentSyntaxException)
        {
            throw new DocumentSyntaxException("is not valid YAML", line);
        }
    }

    private DocumentNode Node(int depth)
    {
        var at = parser.Current!;
        var line = LineOf(at.Start);
        if (depth > DocumentLimits.MaxDepth)
        {
            throw DocumentLimits.TooDeep(line);
        }

        if (at is AnchorAlias alias)
        {
            return Alias(alias);
        }

        if (at is not NodeEvent node)
        {
            // The parser passes some malformed texts on as events out of order.
            throw new DocumentSyntaxException("is not valid YAML", line);
        }

        if (!node.Tag.IsEmpty)
        {
            throw new DocumentSyntaxException($"has the tag '{Excerpt.Of(node.Tag.ToString())}'; tags are not read", line);
        }

        var before = size;
        Count(1, line);
        var value = node switch
        {
            YamlScalar scalar => Leaf(scalar),
            SequenceStart => List(depth, line),
            _ => Map(depth, line),
        };
        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor] = (value, size - before);
        }

        return value;
    }

    private DocumentNode Alias(AnchorAlias alias)
    {
        var line = LineOf(alias.Start);
        if (!anchors.TryGetValue(alias.Value, out var known))
        {
            throw new DocumentSyntaxException($"has the alias '*{Excerpt.Of(alias.Value.Value)}' of nothing before it", line);
        }

        Count(known.Size, line);
        return known.Node;
    }

    private void Count(long more, int line)
    {
        size += more;
        if (size > DocumentLimits.MaxNodes)
        {
            throw DocumentLimits.TooMany(line);
        }
    }

    private DocumentNode List(int depth, int line)
    {
        var items = new List<DocumentNode>();
        while (Next() is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        return new(DocumentNodeKind.List, line) { Items = items };
    }

    private DocumentNode Map(int depth, int line)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var fields = new List<KeyValuePair<string, DocumentNode>>();
        while (Next() is not MappingEnd)
        {
            if (parser.Current is not YamlScalar { Tag.IsEmpty: true } name)
            {
                throw new DocumentSyntaxException("has a field whose name is not a text", LineOf(parser.Current!.Start));
            }

            if (!names.Add(name.Value))
            {
                throw new DocumentSyntaxException(
                    $"has the field '{Excerpt.Of(name.Value)}' twice in one map", LineOf(name.Start));
            }

            Next();
            fields.Add(new(name.Value, Node(depth + 1)));
        }

        return new(DocumentNodeKind.Map, line) { Fields = fields };
    }

    private static DocumentNode Leaf(YamlScalar scalar)
    {
        var bare = scalar.Style == ScalarStyle.Plain;
        return new(bare ? KindOf(scalar.Value) : DocumentNodeKind.Text, LineOf(scalar.Start))
        {
            Text = scalar.Value,
            Bare = bare,
        };
    }

    // YAML 1.2.2, 10.3.2: the core schema, as far as routes go.
    private static DocumentNodeKind KindOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => DocumentNodeKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => DocumentNodeKind.Boolean,
        _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => DocumentNodeKind.Number,
        _ => DocumentNodeKind.Text,
    };
}
