using System.Globalization;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>A value of a JSON or YAML document, so that one reader serves both.</summary>
/// <param name="kind">What it is.</param>
/// <param name="line">The line it starts at, counted from 1; 0 when not known.</param>
internal sealed class DocumentNode(DocumentNodeKind kind, int line = 0)
{
    public DocumentNodeKind Kind => kind;

    public int Line => line;

    /// <summary>A scalar as it is written, without quotes.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether a scalar is written without quotes, so that its kind is a guess (YAML).</summary>
    public bool Bare { get; init; }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<DocumentNode> Items { get; init; } = [];

    /// <summary>The fields of a map, in the order they are written; names are distinct.</summary>
    public IReadOnlyList<KeyValuePair<string, DocumentNode>> Fields { get; init; } = [];

    /// <summary>A field of a map; null when it has none of this name, or no value in it.</summary>
    public DocumentNode? Field(string name)
    {
        foreach (var (field, value) in Fields)
        {
            if (field == name)
            {
                return value.Kind == DocumentNodeKind.Null ? null : value;
            }
        }

        return null;
    }

    public static DocumentNode Of(string text) => new(DocumentNodeKind.Text) { Text = text };

    public static DocumentNode Of(double number) =>
        new(DocumentNodeKind.Number) { Text = number.ToString(CultureInfo.InvariantCulture) };

    public static DocumentNode Of(IEnumerable<string> texts) => Of(texts.Select(Of));

    public static DocumentNode Of(IEnumerable<DocumentNode> items) => new(DocumentNodeKind.List) { Items = [.. items] };

    public static DocumentNode Of(IEnumerable<KeyValuePair<string, DocumentNode>> fields) =>
        new(DocumentNodeKind.Map) { Fields = [.. fields] };
}

/// <summary>The kinds of <see cref="DocumentNode"/>.</summary>
internal enum DocumentNodeKind
{
    Null = 0,
    Text,
    Number,
    Boolean,
    List,
    Map,
}
