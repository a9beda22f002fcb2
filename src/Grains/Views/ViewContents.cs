using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>
/// A view's entries at its publisher: who owns them, at which version, and what changed lately. Pure state; each
/// accepted update is one step of the sequence.
/// </summary>
internal sealed class ViewContents(long epoch, int historyLimit)
{
    private readonly Dictionary<GrainId, Owned> owners = [];
    private readonly Queue<Step> history = [];
    private int historySize;
    private long historyStart;

    public ViewVersion Version { get; private set; } = new(epoch, 0);

    public ImmutableDictionary<string, object> Entries { get; private set; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>Applies an update when it is the owner's next one.</summary>
    public OwnerStep Accept(OwnerUpdate update)
    {
        var known = owners.TryGetValue(update.Owner, out var owned) ? owned.Version : 0;
        if (update.Version <= known)
        {
            return OwnerStep.Known;
        }

        if (update.Version != known + 1)
        {
            return OwnerStep.Gap;
        }

        Apply(update.Owner, update.Version, update.Changes);
        return OwnerStep.Applied;
    }

    /// <summary>Takes over everything an owner has, when that is newer than what is known of it.</summary>
    public void Accept(GrainId owner, OwnerReport report)
    {
        owners.TryGetValue(owner, out var owned);
        if (owned is not null && report.Version <= owned.Version)
        {
            return;
        }

        var gone = (owned?.Keys ?? []).Except(report.Entries.Select(entry => entry.Key)).Select(key => new ViewChange(key, null));
        var changed = report.Entries.Where(entry => !Entries.TryGetValue(entry.Key, out var old) || !old.Equals(entry.Value));
        Apply(owner, report.Version, [.. gone, .. changed]);
    }

    /// <summary>The last change of each key since a version, or null when the history does not reach back that far.</summary>
    public ImmutableArray<ViewChange>? Since(ViewVersion version)
    {
        if (version.Epoch != Version.Epoch || version.Sequence < historyStart || version > Version)
        {
            return null;
        }

        if (version == Version)
        {
            return [];
        }

        var last = new Dictionary<string, ViewChange>();
        foreach (var step in history.Where(step => step.Sequence > version.Sequence))
        {
            foreach (var change in step.Changes)
            {
                last[change.Key] = change;
            }
        }

        return [.. last.Values];
    }

    private void Apply(GrainId owner, long version, ImmutableArray<ViewChange> changes)
    {
        if (!owners.TryGetValue(owner, out var owned))
        {
            owners[owner] = owned = new Owned();
        }

        owned.Version = version;
        if (changes.IsEmpty)
        {
            return;
        }

        var entries = Entries.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Value is null)
            {
                entries.Remove(change.Key);
                owned.Keys.Remove(change.Key);
            }
            else
            {
                entries[change.Key] = change.Value;
                owned.Keys.Add(change.Key);
            }
        }

        Entries = entries.ToImmutable();
        Version = Version with { Sequence = Version.Sequence + 1 };
        Remember(new Step(Version.Sequence, changes));
    }

    private void Remember(Step step)
    {
        history.Enqueue(step);
        historySize += step.Changes.Length;
        while (historySize > historyLimit)
        {
            var dropped = history.Dequeue();
            historySize -= dropped.Changes.Length;
            historyStart = dropped.Sequence;
        }
    }

    private sealed class Owned
    {
        public long Version { get; set; }

        public HashSet<string> Keys { get; } = [];
    }

    private readonly record struct Step(long Sequence, ImmutableArray<ViewChange> Changes);
}

/// <summary>What an update was to the publisher.</summary>
internal enum OwnerStep
{
    /// <summary>The owner's next version, now applied.</summary>
    Applied = 0,

    /// <summary>A version applied before.</summary>
    Known,

    /// <summary>Versions are missing in between: the owner's report is needed.</summary>
    Gap,
}
