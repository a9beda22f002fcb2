using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>What must hold of the stored route, or of the whole book, for a command to take effect (RFC 9110, 13.1).</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.condition")]
public sealed record RouteCondition
{
    /// <summary>No condition.</summary>
    public static RouteCondition None { get; } = new();

    /// <summary><c>If-Match</c>: the revision must be one of these; null when it was not given.</summary>
    [Id(0)] public ImmutableArray<long>? Revisions { get; init; }

    /// <summary><c>If-Match: *</c>: the route must exist.</summary>
    [Id(1)] public bool MustExist { get; init; }

    /// <summary><c>If-None-Match: *</c>: the route must not exist.</summary>
    [Id(2)] public bool MustNotExist { get; init; }

    /// <summary>Whether the condition holds of a revision; null stands for a route that does not exist.</summary>
    public bool Holds(long? revision) =>
        (Revisions is not { } accepted || revision is { } known && accepted.Contains(known))
        && (!MustExist || revision is not null)
        && (!MustNotExist || revision is null);
}
