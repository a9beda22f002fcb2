using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>A route as the book keeps it.</summary>
/// <param name="Document">The route.</param>
/// <param name="Source">Who owns it.</param>
/// <param name="Revision">The book's version when the document last changed; never used twice.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.entry")]
public sealed record RouteEntry(
    [property: Id(0)] RouteDocument Document,
    [property: Id(1)] RouteSource Source,
    [property: Id(2)] long Revision);

/// <summary>All routes at one version of the book, which is also the state that it is written as.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.listing")]
public sealed record RouteListing
{
    /// <summary>Counts the writes.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The routes, ordered by id.</summary>
    [Id(1)] public ImmutableArray<RouteEntry> Routes { get; init; } = [];

    /// <summary>
    /// The ids that the write to this version changed. Kept, so that a publish that failed can be repeated as it was:
    /// the publisher applies a version once and cannot be given another change under the same one.
    /// </summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];
}
