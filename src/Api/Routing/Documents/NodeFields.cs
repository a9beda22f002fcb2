using System.Globalization;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>Gathers the fields of a map that is written; what is as by default is not added.</summary>
internal sealed class NodeFields
{
    private readonly List<KeyValuePair<string, DocumentNode>> fields = [];

    public NodeFields Add(string name, DocumentNode? value)
    {
        if (value is not null)
        {
            fields.Add(new(name, value));
        }

        return this;
    }

    public NodeFields Text(string name, string value, string missing = "") =>
        Add(name, value == missing ? null : DocumentNode.Of(value));

    public NodeFields Texts(string name, IReadOnlyCollection<string> values) =>
        Add(name, values.Count == 0 ? null : DocumentNode.Of(values));

    public NodeFields Number(string name, double value, double missing) => Add(
        name,
        value.CompareTo(missing) == 0 ? null : new DocumentNode(DocumentNodeKind.Number) { Text = value.ToString(CultureInfo.InvariantCulture) });

    public NodeFields Flag(string name, bool value) =>
        Add(name, value ? new DocumentNode(DocumentNodeKind.Boolean) { Text = "true" } : null);

    public NodeFields Span(string name, TimeSpan value, TimeSpan missing) =>
        Add(name, value == missing ? null : DocumentNode.Of(Duration.Format(value)));

    public NodeFields Size(string name, long? value, long? missing = null) =>
        Add(name, value is { } size && value != missing ? DocumentNode.Of(ByteSize.Format(size)) : null);

    /// <summary>The map.</summary>
    public DocumentNode Node() => DocumentNode.Of(fields);
}
