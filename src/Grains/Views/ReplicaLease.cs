using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>A replica as its publisher knows it.</summary>
internal sealed class ReplicaLease(Guid id)
{
    public Guid Id { get; } = id;

    /// <summary>Takes pushes; null as long as the replica has been to predecessors only.</summary>
    public IViewReplica? Observer { get; set; }

    /// <summary>What the replica is known to have applied.</summary>
    public ViewVersion Acknowledged { get; set; }

    /// <summary>
    /// Until when changes wait for it: the last granted lease has ended then on the replica's own clock too, and it has not asked for as
    /// long as a lease lasts.
    /// </summary>
    public TimeSpan Until { get; set; }

    /// <summary>When it last asked for a renewal.</summary>
    public TimeSpan SeenAt { get; set; }

    /// <summary>A push is under way; changes gather meanwhile and go out together.</summary>
    public bool Pushing { get; set; }

    /// <summary>The last push did not arrive or did not fit: the next renewal brings what is missing.</summary>
    public bool AwaitsRenewal { get; set; }

    /// <summary>The snapshot being sent in pages.</summary>
    public (ViewVersion Version, ImmutableArray<ViewChange> Entries)? Snapshot { get; set; }
}
