using Gatehouse.Grains.Routing;
using NodeLookup = System.Collections.Generic.Dictionary<string, Gatehouse.Api.Routing.RouteNode>
    .AlternateLookup<System.ReadOnlySpan<char>>;

namespace Gatehouse.Api.Routing;

/// <summary>
/// A node of the segment trie, immutable. Searching goes literal, parameter, rest, and comes back when a branch has no
/// route whose other conditions hold, so the first route found is the most specific one.
/// </summary>
internal sealed class RouteNode
{
    private readonly NodeLookup? literals;
    private readonly RouteNode? parameter;
    private readonly HostRoutes? rest;
    private readonly HostRoutes? here;

    private RouteNode(NodeLookup? literals, RouteNode? parameter, HostRoutes? rest, HostRoutes? here)
    {
        this.literals = literals;
        this.parameter = parameter;
        this.rest = rest;
        this.here = here;
    }

    /// <summary>The node of no routes.</summary>
    public static RouteNode Empty { get; } = new(null, null, null, null);

    private bool IsEmpty => literals is null && parameter is null && rest is null && here is null;

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

    /// <summary>
    /// The node with some routes taken out and others added, all alike up to the depth. Branches that none of them is in
    /// are shared with this node.
    /// </summary>
    public RouteNode With(IReadOnlyList<RouteEdit> edits, int depth)
    {
        List<RouteEdit>? ending = null;
        List<RouteEdit>? resting = null;
        List<RouteEdit>? parametric = null;
        Dictionary<string, List<RouteEdit>>? literal = null;
        foreach (var edit in edits)
        {
            var segments = edit.Route.Pattern.Segments;
            if (segments.Length == depth)
            {
                (ending ??= []).Add(edit);
            }
            else if (segments[depth].Kind == PathSegmentKind.Rest)
            {
                (resting ??= []).Add(edit);
            }
            else if (segments[depth].Kind == PathSegmentKind.Parameter)
            {
                (parametric ??= []).Add(edit);
            }
            else
            {
                AddTo(literal ??= new(StringComparer.Ordinal), segments[depth].Text, edit);
            }
        }

        return new RouteNode(
            literal is null ? literals : Literals(literal, depth),
            parametric is null ? parameter : NullIfEmpty((parameter ?? Empty).With(parametric, depth + 1)),
            resting is null ? rest : HostRoutes.With(rest, resting),
            ending is null ? here : HostRoutes.With(here, ending));
    }

    private static RouteNode? NullIfEmpty(RouteNode node) => node.IsEmpty ? null : node;

    private static void AddTo(Dictionary<string, List<RouteEdit>> lists, string segment, RouteEdit edit)
    {
        if (!lists.TryGetValue(segment, out var list))
        {
            list = [];
            lists.Add(segment, list);
        }

        list.Add(edit);
    }

    private NodeLookup? Literals(Dictionary<string, List<RouteEdit>> edits, int depth)
    {
        Dictionary<string, RouteNode> children = literals is { } known
            ? new(known.Dictionary, StringComparer.Ordinal)
            : new(edits.Count, StringComparer.Ordinal);
        foreach (var (segment, list) in edits)
        {
            var child = children.GetValueOrDefault(segment, Empty).With(list, depth + 1);
            if (child.IsEmpty)
            {
                children.Remove(segment);
            }
            else
            {
                children[segment] = child;
            }
        }

        return children.Count == 0 ? null : children.GetAlternateLookup<ReadOnlySpan<char>>();
    }
}

/// <summary>A route to add to a table, or to take out of it.</summary>
/// <param name="Route">The route.</param>
/// <param name="Added">Whether it is added.</param>
internal readonly record struct RouteEdit(CompiledRoute Route, bool Added);
