using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>
/// A replica's side of the view protocol, without I/O: which pushes and grants it takes, and how long it may trust what
/// it has. Reading takes no lock; changes come from one thread at a time under a lock.
/// </summary>
/// <typeparam name="TSnapshot">The snapshot that requests read.</typeparam>
internal sealed class ReplicaState<TSnapshot>(IViewProjection<TSnapshot> projection, TimeProvider time)
    where TSnapshot : class
{
    private readonly Lock gate = new();
    private readonly List<ViewChange> pages = [];
    private volatile Held held = new(ViewVersion.None, projection.Empty);
    private ViewVersion pagesOf;
    private long leaseEnd = long.MinValue;
    private long confirmedAt = long.MinValue;

    /// <summary>Raised outside of requests, after a new snapshot is in force.</summary>
    public event Action<TSnapshot>? Changed;

    public TSnapshot Snapshot => held.Snapshot;

    public ViewVersion Version => held.Version;

    /// <summary>The page to ask for next, while a snapshot comes in pages.</summary>
    public SnapshotPage? Page { get; private set; }

    public bool Leased => time.GetTimestamp() < Volatile.Read(ref leaseEnd);

    public TimeSpan? Lag => Volatile.Read(ref confirmedAt) is var at && at == long.MinValue ? null : time.GetElapsedTime(at);

    /// <summary>Takes a push that follows what is held; anything else leaves the replica as it is.</summary>
    /// <returns>The version held afterwards.</returns>
    public ViewVersion Push(ViewPush push)
    {
        lock (gate)
        {
            var version = held.Version;
            if (push.To.Epoch == version.Epoch && push.From <= version && push.To > version)
            {
                Take(push.Changes, replace: false, push.To);
            }

            return held.Version;
        }
    }

    /// <summary>Takes the answer to a renewal.</summary>
    /// <param name="request">The request it answers.</param>
    /// <param name="sentAt">The clock's reading from before the request was sent; the lease counts from there.</param>
    /// <param name="grant">The answer.</param>
    public void Grant(LeaseRequest request, long sentAt, LeaseGrant grant)
    {
        lock (gate)
        {
            if (grant.Version.Epoch < held.Version.Epoch || grant.Version == ViewVersion.None)
            {
                // V3: from a publisher that was superseded, or one that is not ready.
                return;
            }

            if (!(grant.Snapshot ? TakePage(grant) : TakeMissed(request, grant)))
            {
                return;
            }

            // What is held is now at least as new as the granted version, so it may be trusted for the lease.
            if (grant.Lease > TimeSpan.Zero)
            {
                Volatile.Write(ref confirmedAt, Math.Max(confirmedAt, sentAt));
                Volatile.Write(ref leaseEnd, Math.Max(leaseEnd, sentAt + Ticks(grant.Lease)));
            }
        }
    }

    private bool TakeMissed(LeaseRequest request, LeaseGrant grant)
    {
        var version = held.Version;
        if (request.Version.Epoch != version.Epoch || request.Version > version)
        {
            return false;
        }

        if (grant.Version > version)
        {
            Take(grant.Entries, replace: false, grant.Version);
        }

        return true;
    }

    private bool TakePage(LeaseGrant grant)
    {
        if (grant.Offset == 0)
        {
            pages.Clear();
            pagesOf = grant.Version;
        }
        else if (pagesOf != grant.Version || grant.Offset != pages.Count)
        {
            // A page of a snapshot given up meanwhile, or one that came before: begin anew.
            Page = null;
            return false;
        }

        pages.AddRange(grant.Entries);
        Page = grant.Next;
        if (Page is not null)
        {
            return false;
        }

        if (grant.Version > held.Version)
        {
            Take([.. pages], replace: true, grant.Version);
        }

        pages.Clear();
        pagesOf = ViewVersion.None;
        return true;
    }

    private void Take(IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var snapshot = projection.Apply(held.Snapshot, changes, replace, version);
        held = new Held(version, snapshot);
        Changed?.Invoke(snapshot);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record Held(ViewVersion Version, TSnapshot Snapshot);
}
