using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// Owns all routes; its key is <see cref="Key"/>. A change is checked whole, written, then published to the
/// <c>routes</c> view: when a command returns, every front door routes by it. All commands are idempotent.
/// </summary>
[Alias("gatehouse.routing.book")]
public interface IRouteBookGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>The key of the one book.</summary>
    const string Key = "routes";

    /// <summary>Puts one route.</summary>
    /// <param name="document">The route.</param>
    /// <param name="condition">What must hold of the route stored.</param>
    /// <param name="dryRun">Whether only to check.</param>
    [Alias("put"), ResponseTimeout("00:00:30")]
    Task<RouteWrite> Put(RouteDocument document, RouteCondition condition, bool dryRun = false);

    /// <summary>Takes a route out.</summary>
    /// <param name="id">The route.</param>
    /// <param name="condition">What must hold of the route stored.</param>
    [Alias("delete"), ResponseTimeout("00:00:30")]
    Task<RouteWrite> Delete(string id, RouteCondition condition);

    /// <summary>Makes a set all there is of a source: what is not in it is taken out. Other sources' routes stay.</summary>
    /// <param name="documents">The set.</param>
    /// <param name="source">Whose set it is.</param>
    /// <param name="condition">What must hold of the book's version.</param>
    /// <param name="dryRun">Whether only to check and tell the difference.</param>
    [Alias("replace"), ResponseTimeout("00:00:30")]
    Task<RouteReplacement> Replace(
        ImmutableArray<RouteDocument> documents, RouteSource source, RouteCondition condition, bool dryRun = false);

    /// <summary>A route as last written; null when there is none.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<RouteEntry?> Find(string id);

    /// <summary>All routes as last written.</summary>
    [Alias("list"), AlwaysInterleave]
    ValueTask<RouteListing> List();
}
