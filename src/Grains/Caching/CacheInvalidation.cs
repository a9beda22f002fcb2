namespace Gatehouse.Grains.Caching;

/// <summary>An invalidation of cached responses; also its entry in the <c>cache</c> view.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.caching.invalidation")]
public sealed record CacheInvalidation
{
    /// <summary>What is invalidated (<see cref="CacheTarget"/>).</summary>
    [Id(0)] public required string Target { get; init; }

    /// <summary>
    /// Its place among all invalidations: what was asked for before it is not to be used any more. Counts up, and is not below
    /// the time of day, so that it also does after the store has lost its data.
    /// </summary>
    [Id(1)] public required long Sequence { get; init; }
}
