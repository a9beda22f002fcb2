using System.Collections.Immutable;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Routing.Documents;

/// <summary>What was read: the routes, unless there are errors.</summary>
internal sealed class RouteReading(
    ImmutableArray<RouteDocument> routes,
    ImmutableArray<RouteError> errors,
    bool isSet,
    DocumentNode? root = null,
    int line = 0)
{
    /// <summary>The routes, in their order; only of use without errors.</summary>
    public ImmutableArray<RouteDocument> Routes => routes;

    public ImmutableArray<RouteError> Errors => errors;

    /// <summary>Whether a set was read, whose errors' paths start with <c>routes[i]</c>.</summary>
    public bool IsSet => isSet;

    /// <summary>
    /// The line of a field that an error names, or of what would hold it; 0 when lines are not known, as in JSON.
    /// </summary>
    public int LineOf(string path)
    {
        if (root is null)
        {
            return line;
        }

        var node = root;
        var rest = path.AsSpan();
        if (root.Kind == DocumentNodeKind.List && rest.StartsWith("routes"))
        {
            rest = rest["routes".Length..];
        }

        while (Step(node, ref rest) is { } next)
        {
            node = next;
        }

        return node.Line;
    }

    private static DocumentNode? Step(DocumentNode node, ref ReadOnlySpan<char> path)
    {
        if (path is ['[', ..] && path.IndexOf(']') is var end and > 0)
        {
            var known = int.TryParse(path[1..end], out var index) && index < node.Items.Count;
            path = path[(end + 1)..];
            return known ? node.Items[index] : null;
        }

        var name = path.TrimStart('.');
        foreach (var (field, value) in node.Fields)
        {
            if (name.StartsWith(field) && (name.Length == field.Length || name[field.Length] is '.' or '['))
            {
                path = name[field.Length..];
                return value;
            }
        }

        return null;
    }
}
