using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>
/// The publisher's side of the view protocol, as a state machine without I/O: leases with bounded grants
/// (Gray and Cheriton 1989), pushes, and the conditions under which a publish is complete. The grain around it moves
/// the messages; a test moves them in any order it likes.
/// </summary>
internal sealed class ViewPublication
{
    private readonly ViewOptions options;
    private readonly TimeProvider time;
    private readonly long origin;
    private readonly Dictionary<Guid, ReplicaLease> replicas = [];
    private readonly List<PendingPublish> pending = [];
    private readonly TimeSpan recovered;
    private TimeSpan provenAt;
    private long proofsStarted;
    private long proven;
    private bool rebuilt;
    private bool lost;

    /// <summary>Begins a term of office, right after its epoch was written to the store.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="options">How long leases are.</param>
    /// <param name="time">The publisher's clock.</param>
    /// <param name="inherited">All replicas that may hold a lease of a predecessor; null when they are not known.</param>
    public ViewPublication(long epoch, ViewOptions options, TimeProvider time, IEnumerable<Guid>? inherited)
    {
        this.options = options;
        this.time = time;
        origin = time.GetTimestamp();
        Contents = new ViewContents(epoch, options.History);

        // V4: a lease that a predecessor granted has lapsed once this has passed. Those that may hold one are waited for like
        // any other replica, until they follow this publisher; when they are not known, everything waits.
        var lapsed = options.Lease + options.Margin;
        recovered = inherited is null ? lapsed : TimeSpan.Zero;
        foreach (var id in inherited ?? [])
        {
            replicas[id] = new ReplicaLease(id) { Until = lapsed };
        }
    }

    public ViewContents Contents { get; }

    public ViewVersion Version => Contents.Version;

    public int Replicas => Awaited.Count();

    /// <summary>Whether no lease of an unknown replica can be left from a predecessor.</summary>
    public bool KnowsAll => Now >= recovered;

    public bool HasPending => pending.Count > 0;

    /// <summary>Whether a pending publish waits for a proof that has not started, or the last proof grows old.</summary>
    public bool NeedsProof =>
        !lost && (Now - provenAt >= options.Lease / 3 || pending.Exists(publish => publish.AfterProof >= proofsStarted));

    /// <summary>When something can change without a message: a lease's end, or the end of the recovery wait.</summary>
    public TimeSpan? NextChange
    {
        get
        {
            if (pending.Count == 0)
            {
                return null;
            }

            var due = pending
                .SelectMany(publish => publish.Owed)
                .Select(owed => owed.Until)
                .Append(recovered)
                .Where(until => until > Now)
                .DefaultIfEmpty(Now + (options.Lease / 3))
                .Min();
            return due - Now;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(origin);

    private IEnumerable<ReplicaLease> Awaited => replicas.Values.Where(replica => replica.Until > Now);

    /// <summary>Opens the view once the contents are those of all owners.</summary>
    public void Rebuilt()
    {
        rebuilt = true;
        Settle();
    }

    /// <summary>Waits for the contents as they are now to be everywhere.</summary>
    public PendingPublish Await()
    {
        var publish = new PendingPublish(Version, proofsStarted);
        if (lost)
        {
            publish.Fail();
            return publish;
        }

        foreach (var replica in Awaited.Where(replica => replica.Acknowledged < Version))
        {
            publish.Owed.Add((replica, replica.Until));
        }

        pending.Add(publish);
        return publish;
    }

    /// <summary>Answers a renewal: what the replica misses, and a lease that holds once it has applied that.</summary>
    /// <exception cref="NotPublisherException">Another publisher has taken over.</exception>
    public LeaseGrant Renew(LeaseRequest request)
    {
        if (lost)
        {
            throw new NotPublisherException();
        }

        var replica = Known(request);
        if (!rebuilt)
        {
            return new LeaseGrant(ViewVersion.None, TimeSpan.Zero, [], Snapshot: false);
        }

        if (request.Version.Epoch == Version.Epoch)
        {
            Acknowledge(replica, request.Version);
        }

        if (request.Page is { } page && replica.Snapshot is { } snapshot && snapshot.Version == page.Version)
        {
            return Page(replica, snapshot.Version, snapshot.Entries, page.Offset);
        }

        if (Contents.Since(request.Version) is { } missed)
        {
            return new LeaseGrant(Version, Grant(replica), missed, Snapshot: false);
        }

        return Page(replica, Version, [.. Contents.Entries.Select(entry => new ViewChange(entry.Key, entry.Value))], 0);
    }

    /// <summary>Forgets a replica that stops.</summary>
    public void Release(Guid id)
    {
        if (replicas.Remove(id, out var replica))
        {
            // A stopped replica reads nothing any more, so nobody waits for it.
            foreach (var publish in pending)
            {
                publish.Owed.RemoveAll(owed => owed.Replica == replica);
            }

            Settle();
        }
    }

    /// <summary>The pushes that can go out now, at most one under way for each replica.</summary>
    public IReadOnlyList<(ReplicaLease Replica, ViewPush Push)> TakePushes()
    {
        if (lost || !rebuilt)
        {
            return [];
        }

        var pushes = new List<(ReplicaLease, ViewPush)>();
        foreach (var replica in replicas.Values.Where(Lags))
        {
            if (Contents.Since(replica.Acknowledged) is { } changes)
            {
                replica.Pushing = true;
                pushes.Add((replica, new ViewPush(replica.Acknowledged, Version, changes)));
            }
            else
            {
                replica.AwaitsRenewal = true;
            }
        }

        return pushes;
    }

    /// <summary>A push was answered.</summary>
    /// <returns>False when the replica follows a later publisher: this one has lost the view.</returns>
    public bool Pushed(ReplicaLease replica, ViewPush push, ViewVersion answer)
    {
        replica.Pushing = false;
        if (answer.Epoch > Version.Epoch)
        {
            return false;
        }

        replica.AwaitsRenewal = answer < push.To;
        if (answer.Epoch == Version.Epoch)
        {
            Acknowledge(replica, answer);
        }

        return true;
    }

    /// <summary>A push was not answered.</summary>
    public static void PushFailed(ReplicaLease replica)
    {
        replica.Pushing = false;
        replica.AwaitsRenewal = true;
    }

    /// <summary>Starts to prove that the store still names this epoch.</summary>
    public Proof BeginProof() => new(++proofsStarted, Now);

    /// <summary>The store named this epoch at some moment after the proof was begun.</summary>
    public void Proven(Proof proof)
    {
        if (proof.StartedAt >= provenAt)
        {
            provenAt = proof.StartedAt;
        }

        proven = Math.Max(proven, proof.Number);
        Settle();
    }

    /// <summary>Another publisher has taken over, or this one stops: nothing is granted or completed any more.</summary>
    public void Lose()
    {
        lost = true;
        foreach (var publish in pending)
        {
            publish.Fail();
        }

        pending.Clear();
    }

    /// <summary>Completes every publish whose conditions hold, and forgets replicas that are long gone.</summary>
    public void Settle()
    {
        var now = Now;
        if (!lost && rebuilt && KnowsAll)
        {
            // V1, V6: all have applied it, or have no lease that is older than it and have not asked for one lately.
            // V5: and no other publisher had taken over when it was accepted, so none can have granted leases without it.
            pending.RemoveAll(publish =>
            {
                publish.Owed.RemoveAll(owed => now >= owed.Until || owed.Replica.Acknowledged >= publish.Version);
                var complete = publish.Owed.Count == 0 && proven > publish.AfterProof;
                if (complete)
                {
                    publish.Complete();
                }

                return complete;
            });
        }

        foreach (var gone in replicas.Values.Where(replica => replica.SeenAt + (10 * options.Lease) < now).ToList())
        {
            replicas.Remove(gone.Id);
        }
    }

    /// <summary>The replicas that are waited for, and have been here.</summary>
    public IReadOnlyList<IViewReplica> Present() => [.. Awaited.Select(replica => replica.Observer).OfType<IViewReplica>()];

    /// <summary>Whether a replica is waited for or was here not long ago.</summary>
    public bool Knows(Guid replica) => replicas.ContainsKey(replica);

    private bool Lags(ReplicaLease replica) =>
        !replica.Pushing && !replica.AwaitsRenewal && replica.Until > Now
        && replica.Acknowledged.Epoch == Version.Epoch && replica.Acknowledged < Version;

    private ReplicaLease Known(LeaseRequest request)
    {
        if (!replicas.TryGetValue(request.Replica, out var replica))
        {
            replicas[request.Replica] = replica = new ReplicaLease(request.Replica);
        }

        replica.Observer = request.Observer;
        replica.SeenAt = Now;
        replica.AwaitsRenewal = false;
        if (request.Version != ViewVersion.None)
        {
            // V6: without a lease too. It may have had none for so long that it decides by what it knew last.
            WaitFor(replica, Now + options.Lease + options.Margin);
        }

        return replica;
    }

    private void Acknowledge(ReplicaLease replica, ViewVersion version)
    {
        if (version > replica.Acknowledged)
        {
            replica.Acknowledged = version;
            Settle();
        }
    }

    /// <summary>
    /// A lease that ends at most one lease after the last proof of ownership began: a successor that waits for one lease
    /// after writing its epoch has then outwaited it.
    /// </summary>
    private TimeSpan Grant(ReplicaLease replica)
    {
        var lease = provenAt + options.Lease - Now;
        if (proven == 0 || lease <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        WaitFor(replica, Now + lease + options.Margin);
        return lease;
    }

    private static void WaitFor(ReplicaLease replica, TimeSpan until) => replica.Until = until > replica.Until ? until : replica.Until;

    private LeaseGrant Page(ReplicaLease replica, ViewVersion version, ImmutableArray<ViewChange> entries, int offset)
    {
        var count = Math.Clamp(entries.Length - offset, 0, options.SnapshotPageSize);
        var page = offset == 0 && count == entries.Length ? entries : entries.Slice(Math.Min(offset, entries.Length), count);
        var next = offset + count;
        if (next < entries.Length)
        {
            replica.Snapshot = (version, entries);
            return new LeaseGrant(version, TimeSpan.Zero, page, Snapshot: true, offset, new SnapshotPage(version, next));
        }

        replica.Snapshot = null;

        // A lease on a snapshot that is older than the contents would allow reads without the latest changes.
        var lease = version == Version ? Grant(replica) : TimeSpan.Zero;
        return new LeaseGrant(version, lease, page, Snapshot: true, offset);
    }
}

/// <summary>One attempt to prove ownership against the store.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="StartedAt">When it was begun, on the publisher's clock.</param>
internal readonly record struct Proof(long Number, TimeSpan StartedAt);
