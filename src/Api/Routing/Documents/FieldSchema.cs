using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>
/// What a field of a route document may hold, as the field says of itself: the reference page and the JSON Schema of route
/// documents are made of it. What is refused beyond that is <see cref="RouteValidation"/>'s.
/// </summary>
/// <param name="Type">The kind of value.</param>
/// <param name="Description">What it means, in one or two sentences.</param>
internal sealed record FieldSchema(FieldType Type, string Description)
{
    /// <summary>The value when the field is left out, as it is written; null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Whether the map it is in must have it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The only values of a text; empty for any.</summary>
    public ImmutableArray<string> Values { get; init; } = [];

    /// <summary>The form of a text, as a regular expression.</summary>
    public string? Pattern { get; init; }

    /// <summary>The least number, or fewest items.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest number, or most items.</summary>
    public double? Maximum { get; init; }

    /// <summary>What a list's items or a dictionary's values are.</summary>
    public FieldSchema? Items { get; init; }

    /// <summary>A map's fields.</summary>
    public ImmutableArray<(string Name, FieldSchema Schema)> Fields { get; init; } = [];

    /// <summary>A text.</summary>
    public static FieldSchema Text(string description, string? missing = null) => new(FieldType.Text, description) { Default = missing };

    /// <summary>One of some texts.</summary>
    public static FieldSchema OneOf(string description, IEnumerable<string> values, string? missing = null) =>
        new(FieldType.Text, description) { Values = [.. values], Default = missing };

    /// <summary>A span of time such as <c>250ms</c>, <c>10s</c>, <c>1m</c> or <c>1h</c>.</summary>
    public static FieldSchema Duration(string description, TimeSpan? missing = null) => new(FieldType.Duration, description)
    {
        Default = missing is { } span ? Documents.Duration.Format(span) : null,
        Pattern = "^[0-9]+(ms|s|m|h)$",
    };

    /// <summary>A number of bytes such as <c>16KiB</c>.</summary>
    public static FieldSchema Size(string description, long? missing = null) => new(FieldType.Size, description)
    {
        Default = missing is { } bytes ? ByteSize.Format(bytes) : null,
        Pattern = "^[0-9]+(B|KiB|MiB|GiB)$",
    };

    /// <summary>A whole number.</summary>
    public static FieldSchema Integer(string description, long minimum, long maximum, long? missing = null) =>
        new(FieldType.Integer, description) { Minimum = minimum, Maximum = maximum, Default = missing?.ToString(CultureInfo.InvariantCulture) };

    /// <summary>A number.</summary>
    public static FieldSchema Number(string description, double minimum, double maximum, double? missing = null) =>
        new(FieldType.Number, description) { Minimum = minimum, Maximum = maximum, Default = missing?.ToString(CultureInfo.InvariantCulture) };

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static FieldSchema Flag(string description, bool missing) =>
        new(FieldType.Flag, description) { Default = missing ? "true" : "false" };

    /// <summary>A text of some form, or a whole number.</summary>
    public static FieldSchema TextOrInteger(string description, string pattern, long minimum, long maximum) =>
        new(FieldType.TextOrInteger, description) { Pattern = pattern, Minimum = minimum, Maximum = maximum };

    /// <summary>A list.</summary>
    public static FieldSchema List(string description, FieldSchema items) => new(FieldType.List, description) { Items = items };

    /// <summary>A map of names that the author chooses.</summary>
    public static FieldSchema Dictionary(string description, FieldSchema values) => new(FieldType.Dictionary, description) { Items = values };

    /// <summary>A map of fields.</summary>
    public static FieldSchema Map(string description, params ReadOnlySpan<(string Name, FieldSchema Schema)> fields) =>
        new(FieldType.Map, description) { Fields = [.. fields] };

    /// <summary>A map of fields, or a list of such maps.</summary>
    public static FieldSchema MapOrList(string description, params ReadOnlySpan<(string Name, FieldSchema Schema)> fields) =>
        new(FieldType.MapOrList, description) { Fields = [.. fields] };

    /// <summary>One of some words, or a map of fields.</summary>
    public static FieldSchema WordOrMap(
        string description, IEnumerable<string> words, string? missing, params ReadOnlySpan<(string Name, FieldSchema Schema)> fields) =>
        new(FieldType.WordOrMap, description) { Values = [.. words], Default = missing, Fields = [.. fields] };

    /// <summary>The same, required.</summary>
    public FieldSchema Required() => this with { IsRequired = true };
}

/// <summary>The kinds of values in a route document.</summary>
internal enum FieldType
{
    Text = 0,
    Duration,
    Size,
    Integer,
    TextOrInteger,
    Number,
    Flag,
    List,
    Dictionary,
    Map,
    MapOrList,
    WordOrMap,
}
