using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>What a shard keeps in the store, and what a batch makes of it.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.revocation-state")]
internal sealed record RevocationState
{
    /// <summary>Counts the writes; the owner's version in the view.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The revocations by key.</summary>
    [Id(1)] public ImmutableDictionary<string, Revocation> Entries { get; init; } = ImmutableDictionary<string, Revocation>.Empty;

    /// <summary>The keys that this very write changed, so that a new activation can publish it again.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    /// <summary>What the write to this version publishes.</summary>
    public ImmutableArray<ViewChange> Changes => [.. Changed.Select(key => new ViewChange(key, Entries.GetValueOrDefault(key)))];

    /// <summary>All entries, for a publisher that starts anew.</summary>
    public OwnerReport Report() => new(Version, [.. Entries.Select(entry => new ViewChange(entry.Key, entry.Value))]);

    /// <summary>When the next revocation can leave; null when there is none.</summary>
    public long? NextEnd() => Entries.IsEmpty ? null : Entries.Values.Min(revocation => revocation.Until);

    /// <summary>The state with a batch added and what has ended taken out; the same when neither changes anything.</summary>
    public RevocationState With(IReadOnlyDictionary<string, Revocation> batch, long now)
    {
        var entries = Entries.ToBuilder();
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, revocation) in batch)
        {
            var known = entries.GetValueOrDefault(key);
            var joined = revocation.Join(known);
            if (joined != known && joined.Until > now)
            {
                entries[key] = joined;
                changed.Add(key);
            }
        }

        foreach (var (key, _) in Entries.Where(entry => entry.Value.Until <= now && !changed.Contains(entry.Key)))
        {
            entries.Remove(key);
            changed.Add(key);
        }

        return changed.Count == 0 ? this : new RevocationState { Version = Version + 1, Entries = entries.ToImmutable(), Changed = [.. changed] };
    }
}
