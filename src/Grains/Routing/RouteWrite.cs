using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>What a command did, or why it did nothing.</summary>
[GenerateSerializer, Alias("gatehouse.routing.outcome")]
public enum RouteOutcome
{
    /// <summary>A new route.</summary>
    Created = 0,

    /// <summary>The route, or the set, is another now.</summary>
    Changed = 1,

    /// <summary>It was like that already.</summary>
    Unchanged = 2,

    /// <summary>The route is gone.</summary>
    Deleted = 3,

    /// <summary>There is no such route.</summary>
    NotFound = 4,

    /// <summary>The condition does not hold.</summary>
    PreconditionFailed = 5,

    /// <summary>The route belongs to another source.</summary>
    OwnedElsewhere = 6,

    /// <summary>The document is refused.</summary>
    Invalid = 7,
}

/// <summary>The answer to a command on one route.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Revision">The route's revision now; 0 when there is none.</param>
/// <param name="Errors">Why the document is refused.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.write")]
public sealed record RouteWrite(
    [property: Id(0)] RouteOutcome Outcome,
    [property: Id(1)] long Revision,
    [property: Id(2)] ImmutableArray<RouteError> Errors);

/// <summary>The answer to a command on a whole set.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Version">The book's version now.</param>
/// <param name="Difference">What the set changed, or would change in a dry run.</param>
/// <param name="Errors">Why the set is refused.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.replacement")]
public sealed record RouteReplacement(
    [property: Id(0)] RouteOutcome Outcome,
    [property: Id(1)] long Version,
    [property: Id(2)] RouteDifference Difference,
    [property: Id(3)] ImmutableArray<RouteError> Errors);

/// <summary>The ids of routes, by what a whole set did to them; each list ordered.</summary>
/// <param name="Added">New routes.</param>
/// <param name="Changed">Routes with another document.</param>
/// <param name="Removed">Routes that are gone.</param>
/// <param name="Unchanged">Routes that stayed as they were.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.difference")]
public sealed record RouteDifference(
    [property: Id(0)] ImmutableArray<string> Added,
    [property: Id(1)] ImmutableArray<string> Changed,
    [property: Id(2)] ImmutableArray<string> Removed,
    [property: Id(3)] ImmutableArray<string> Unchanged)
{
    /// <summary>Nothing.</summary>
    public static RouteDifference None { get; } = new([], [], [], []);
}
