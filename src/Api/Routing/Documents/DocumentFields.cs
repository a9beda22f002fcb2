using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>
/// Reads the fields of one map, and gathers what is wrong with them: fields nobody knows, missing ones, wrong types.
/// What is wrong reads as its default, so that reading goes on and finds the rest.
/// </summary>
internal sealed class DocumentFields
{
    private const int MaxErrors = 1000;

    private readonly DocumentNode map;
    private readonly string path;
    private readonly List<RouteError> errors;

    public DocumentFields(DocumentNode node, string path, List<RouteError> errors, params string[] known)
    {
        map = node;
        this.path = path;
        this.errors = errors;
        if (node.Kind != DocumentNodeKind.Map)
        {
            Add(errors, path, $"must be a map of fields, not {NameOf(node)}");
            return;
        }

        foreach (var (name, _) in node.Fields)
        {
            if (!known.Contains(name))
            {
                Add(errors, PathOf(Excerpt.Of(name)), $"is not a known field{Suggestion.For(name, known)}");
            }
        }
    }

    public string? Text(string name) => map.Field(name) is { } node ? TextOf(node, PathOf(name), errors) : null;

    public string RequiredText(string name)
    {
        Require(name);
        return Text(name) ?? "";
    }

    public int RequiredInteger(string name)
    {
        Require(name);
        if (map.Field(name) is not { } node)
        {
            return 0;
        }

        if (node.Kind == DocumentNodeKind.Number
            && int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        Add(errors, PathOf(name), $"must be a whole number, not {NameOf(node)}");
        return 0;
    }

    public int Integer(string name, int missing) => map.Field(name) is null ? missing : RequiredInteger(name);

    public TimeSpan Span(string name, TimeSpan missing) =>
        Value(name, missing, Duration.Parse, "a duration such as 10s, 250ms, 1m or 1h");

    public double Fraction(string name, double missing)
    {
        if (map.Field(name) is not { } node)
        {
            return missing;
        }

        if (node.Kind == DocumentNodeKind.Number
            && double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        Add(errors, PathOf(name), $"must be a number, not {NameOf(node)}");
        return missing;
    }

    public bool Flag(string name, bool missing)
    {
        if (map.Field(name) is not { } node)
        {
            return missing;
        }

        if (node.Kind == DocumentNodeKind.Boolean)
        {
            return node.Text.Equals("true", StringComparison.OrdinalIgnoreCase);
        }

        Add(errors, PathOf(name), $"must be true or false, not {NameOf(node)}");
        return missing;
    }

    public T Value<T>(string name, T missing, Func<string, T?> parse, string expected) where T : struct =>
        map.Field(name) is { } node ? Value(node, PathOf(name), errors, missing, parse, expected) : missing;

    public ImmutableArray<string> Texts(string name) => List(name, (node, at) => TextOf(node, at, errors));

    public ImmutableArray<T> List<T>(string name, Func<DocumentNode, string, T> read)
    {
        if (map.Field(name) is not { } node)
        {
            return [];
        }

        if (node.Kind == DocumentNodeKind.List)
        {
            return [.. node.Items.Select((item, i) => read(item, $"{PathOf(name)}[{i}]"))];
        }

        Add(errors, PathOf(name), $"must be a list, not {NameOf(node)}");
        return [];
    }

    public ImmutableDictionary<string, string> TextMap(string name)
    {
        if (map.Field(name) is not { } node)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        if (node.Kind == DocumentNodeKind.Map)
        {
            return node.Fields.ToImmutableDictionary(
                field => field.Key,
                field => TextOf(field.Value, $"{PathOf(name)}.{Excerpt.Of(field.Key)}", errors),
                StringComparer.Ordinal);
        }

        Add(errors, PathOf(name), $"must be a map of names and texts, not {NameOf(node)}");
        return ImmutableDictionary<string, string>.Empty;
    }

    public T? Map<T>(string name, Func<DocumentNode, string, T> read) where T : class =>
        map.Field(name) is { } node ? read(node, PathOf(name)) : null;

    public void Require(string name)
    {
        if (map.Kind == DocumentNodeKind.Map && map.Field(name) is null)
        {
            Add(errors, PathOf(name), "is required");
        }
    }

    /// <summary>A value that is written as a text of some form; <paramref name="missing"/> when it is not.</summary>
    public static T Value<T>(
        DocumentNode node, string path, List<RouteError> errors, T missing, Func<string, T?> parse, string expected) where T : struct
    {
        var before = errors.Count;
        var text = TextOf(node, path, errors);
        if (errors.Count > before)
        {
            return missing;
        }

        if (parse(text) is { } value)
        {
            return value;
        }

        Add(errors, path, $"must be {expected}, not '{Excerpt.Of(text)}'");
        return missing;
    }

    public static void Add(List<RouteError> errors, string path, string message)
    {
        if (errors.Count < MaxErrors)
        {
            errors.Add(new RouteError(path, message));
        }
    }

    /// <summary>A node as a message calls it.</summary>
    public static string NameOf(DocumentNode node) => node.Kind switch
    {
        DocumentNodeKind.List => "a list",
        DocumentNodeKind.Map => "a map",
        DocumentNodeKind.Null => "null",
        _ => $"'{Excerpt.Of(node.Text)}'",
    };

    private static string TextOf(DocumentNode node, string path, List<RouteError> errors)
    {
        if (node.Kind == DocumentNodeKind.Text || node is { Bare: true, Kind: not DocumentNodeKind.Null })
        {
            return node.Text;
        }

        Add(errors, path, $"must be a text, not {NameOf(node)}");
        return "";
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
