using System.Buffers;
using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>Writes a tree as YAML.</summary>
internal static class YamlTreeWriter
{
    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-_.");

    public static ReadOnlyMemory<byte> Write(DocumentNode root)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        Emit(emitter, root);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Emit(Emitter emitter, DocumentNode node)
    {
        switch (node.Kind)
        {
            case DocumentNodeKind.Map:
                emitter.Emit(new MappingStart());
                foreach (var (name, value) in node.Fields)
                {
                    emitter.Emit(Text(name));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case DocumentNodeKind.List:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, StyleOf(node)));
                foreach (var item in node.Items)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case DocumentNodeKind.Number or DocumentNodeKind.Boolean:
                emitter.Emit(new YamlScalar(node.Text));
                break;
            default:
                emitter.Emit(Text(node.Text));
                break;
        }
    }

    // [GET, HEAD] on one line.
    private static SequenceStyle StyleOf(DocumentNode list) =>
        list.Items.Any(item => item.Kind == DocumentNodeKind.Map) ? SequenceStyle.Block : SequenceStyle.Flow;

    // Quoted unless every reader, of whichever version of YAML, takes it for this text.
    private static YamlScalar Text(string text) => new(
        AnchorName.Empty,
        TagName.Empty,
        text,
        IsPlain(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted,
        isPlainImplicit: true,
        isQuotedImplicit: true);

    private static bool IsPlain(string text) =>
        text.Length > 0
        && !text.AsSpan().ContainsAnyExcept(Safe)
        && (char.IsAsciiLetter(text[0]) || text[0] == '/' || Duration.Parse(text) is not null)
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N");
}
