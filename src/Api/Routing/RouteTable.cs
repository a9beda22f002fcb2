using System.Collections.Immutable;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Routing;

/// <summary>
/// All routes at one version of the <c>routes</c> view, as an immutable segment trie. What a match costs depends on the
/// request's path, not on the number of routes.
/// </summary>
public sealed class RouteTable
{
    private readonly RouteNode root;

    private RouteTable(ViewVersion version, ImmutableDictionary<string, CompiledRoute> routes)
    {
        Version = version;
        Routes = routes;
        root = new RouteNode([.. routes.Values], depth: 0);
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } =
        new(ViewVersion.None, ImmutableDictionary.Create<string, CompiledRoute>(StringComparer.Ordinal));

    /// <summary>The view's version.</summary>
    public ViewVersion Version { get; }

    /// <summary>The routes by id.</summary>
    public ImmutableDictionary<string, CompiledRoute> Routes { get; }

    /// <summary>Makes a table of valid documents with distinct ids.</summary>
    public static RouteTable Of(ViewVersion version, IEnumerable<RouteDocument> documents) =>
        Of(version, Empty.Routes.AddRange(
            documents.Select(document => KeyValuePair.Create(document.Id, new CompiledRoute(document)))));

    /// <summary>
    /// The most specific route whose conditions all hold, or null. Allocates nothing, except to decode an encoded query
    /// that a route has a condition on.
    /// </summary>
    public CompiledRoute? Match(HttpRequest request) => root.Find(request.Path.Value, request);

    /// <summary>The table with other routes.</summary>
    internal static RouteTable Of(ViewVersion version, ImmutableDictionary<string, CompiledRoute> routes) => new(version, routes);
}
