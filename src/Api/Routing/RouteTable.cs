using System.Collections.Immutable;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Routing;

/// <summary>
/// All routes at one version of the <c>routes</c> view, as an immutable segment trie. What a match costs depends on the
/// request's path, not on the number of routes; a changed table shares what has not changed with the one before.
/// </summary>
public sealed class RouteTable
{
    private readonly RouteNode root;

    private RouteTable(ViewVersion version, ImmutableDictionary<string, CompiledRoute> routes, RouteNode root)
    {
        Version = version;
        Routes = routes;
        this.root = root;
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } = new(
        ViewVersion.None, ImmutableDictionary.Create<string, CompiledRoute>(StringComparer.Ordinal), RouteNode.Empty);

    /// <summary>The view's version.</summary>
    public ViewVersion Version { get; }

    /// <summary>The routes by id.</summary>
    public ImmutableDictionary<string, CompiledRoute> Routes { get; }

    /// <summary>Makes a table of valid documents with distinct ids.</summary>
    public static RouteTable Of(ViewVersion version, IEnumerable<RouteDocument> documents) =>
        Empty.With(version, [.. documents.Select(document => (document.Id, (CompiledRoute?)new CompiledRoute(document)))]);

    /// <summary>
    /// The most specific route whose conditions all hold, or null. Allocates nothing, except to decode an encoded query
    /// that a route has a condition on.
    /// </summary>
    public CompiledRoute? Match(HttpRequest request) => root.Find(request.Path.Value, request);

    /// <summary>The table with some routes changed, by their ids; null takes a route out.</summary>
    internal RouteTable With(ViewVersion version, IReadOnlyCollection<(string Id, CompiledRoute? Route)> changes)
    {
        var routes = Routes.ToBuilder();
        foreach (var (id, route) in changes)
        {
            if (route is null)
            {
                routes.Remove(id);
            }
            else
            {
                routes[id] = route;
            }
        }

        var next = routes.ToImmutable();
        var edits = new List<RouteEdit>();
        foreach (var id in changes.Select(change => change.Id).Distinct(StringComparer.Ordinal))
        {
            if (Routes.TryGetValue(id, out var before))
            {
                edits.Add(new RouteEdit(before, Added: false));
            }

            if (next.TryGetValue(id, out var after))
            {
                edits.Add(new RouteEdit(after, Added: true));
            }
        }

        return new RouteTable(version, next, root.With(edits, depth: 0));
    }
}
