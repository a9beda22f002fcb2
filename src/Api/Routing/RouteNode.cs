using Gatehouse.Grains.Routing;
using NodeLookup = System.Collections.Generic.Dictionary<string, Gatehouse.Api.Routing.RouteNode>
    .AlternateLookup<System.ReadOnlySpan<char>>;

namespace Gatehouse.Api.Routing;

/// <summary>
/// A node of the segment trie. Searching goes literal, parameter, rest, and comes back when a branch has no route whose
/// other conditions hold, so the first route found is the most specific one.
/// </summary>
internal sealed class RouteNode
{
    private readonly NodeLookup? literals;
    private readonly RouteNode? parameter;
    private readonly HostRoutes? rest;
    private readonly HostRoutes? here;

    /// <summary>Makes the node of routes that are alike up to a depth.</summary>
    public RouteNode(IReadOnlyCollection<CompiledRoute> routes, int depth)
    {
        var ending = new List<CompiledRoute>();
        var resting = new List<CompiledRoute>();
        var parametric = new List<CompiledRoute>();
        var literal = new Dictionary<string, List<CompiledRoute>>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            var segments = route.Pattern.Segments;
            if (segments.Length == depth)
            {
                ending.Add(route);
                continue;
            }

            var list = segments[depth].Kind switch
            {
                PathSegmentKind.Rest => resting,
                PathSegmentKind.Parameter => parametric,
                _ => ListOf(literal, segments[depth].Text),
            };
            list.Add(route);
        }

        here = ending.Count == 0 ? null : new HostRoutes(ending);
        rest = resting.Count == 0 ? null : new HostRoutes(resting);
        parameter = parametric.Count == 0 ? null : new RouteNode(parametric, depth + 1);
        literals = literal.Count == 0 ? null : literal
            .ToDictionary(entry => entry.Key, entry => new RouteNode(entry.Value, depth + 1), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Finds the route of what is left of the path: nothing, or a slash and more.</summary>
    public CompiledRoute? Find(ReadOnlySpan<char> path, HttpRequest request)
    {
        if (path.Length <= 1)
        {
            return here?.Select(request) ?? rest?.Select(request);
        }

        var segment = path[1..];
        var end = segment.IndexOf('/');
        var tail = end < 0 ? default : segment[end..];
        segment = end < 0 ? segment : segment[..end];

        CompiledRoute? found = null;
        if (literals is { } children && children.TryGetValue(segment, out var child))
        {
            found = child.Find(tail, request);
        }

        if (found is null && parameter is not null && !segment.IsEmpty)
        {
            found = parameter.Find(tail, request);
        }

        return found ?? rest?.Select(request);
    }

    private static List<CompiledRoute> ListOf(Dictionary<string, List<CompiledRoute>> lists, string segment)
    {
        if (!lists.TryGetValue(segment, out var list))
        {
            list = [];
            lists.Add(segment, list);
        }

        return list;
    }
}
