using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Caching;

/// <summary>The invalidations as they are stored, and what commands make of them.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.caching.cache-state")]
internal sealed record CacheState : IOwnedState
{
    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>The latest invalidation of each target, oldest first.</summary>
    [Id(1)] public ImmutableArray<CacheInvalidation> Invalidations { get; init; } = [];

    /// <summary>The targets that the write to this version changed.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    public ImmutableArray<ViewChange> Entries() => [.. Invalidations.Select(one => new ViewChange(one.Target, one))];

    public ImmutableArray<ViewChange> LastChanges() => [.. Changed.Select(target => new ViewChange(target, Find(target)))];

    /// <summary>With targets invalidated. What everything is invalidated by stands for all before it.</summary>
    public CacheState Invalidate(ImmutableArray<string> targets, DateTimeOffset now)
    {
        if (targets.IsEmpty)
        {
            return this;
        }

        var last = Invalidations.IsEmpty ? 0 : Invalidations[^1].Sequence;
        var sequence = Math.Max(last + 1, now.UtcTicks);
        var next = targets.Contains(CacheTarget.All)
            ? [Everything(sequence)]
            : Bound([.. Invalidations.Where(one => !targets.Contains(one.Target)), .. targets.Distinct().Select(target => new CacheInvalidation { Target = target, Sequence = sequence })]);
        return new CacheState
        {
            Version = Version + 1,
            Invalidations = next,
            Changed = [.. next.Except(Invalidations).Select(one => one.Target).Union(Invalidations.Except(next).Select(one => one.Target))],
        };
    }

    private static ImmutableArray<CacheInvalidation> Bound(ImmutableArray<CacheInvalidation> invalidations)
    {
        var over = invalidations.Length - ICacheGrain.MaxInvalidations;
        if (over <= 0)
        {
            return invalidations;
        }

        // One more goes than must, as the invalidation of everything needs a place.
        var gone = invalidations[..(over + 1)];
        return [Everything(gone[^1].Sequence), .. invalidations[(over + 1)..].Where(one => one.Target != CacheTarget.All)];
    }

    private static CacheInvalidation Everything(long sequence) => new() { Target = CacheTarget.All, Sequence = sequence };

    private CacheInvalidation? Find(string target) => Invalidations.FirstOrDefault(one => one.Target == target);
}
