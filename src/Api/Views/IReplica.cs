using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>What a front door knows of a view, and whether it may trust it.</summary>
/// <typeparam name="TSnapshot">The snapshot that requests read.</typeparam>
public interface IReplica<TSnapshot> where TSnapshot : class
{
    /// <summary>The last known snapshot, whatever the lease. Reading it takes no lock.</summary>
    TSnapshot Current { get; }

    /// <summary>The version of <see cref="Current"/>.</summary>
    ViewVersion Version { get; }

    /// <summary>The state of the lease now.</summary>
    LeaseState State { get; }

    /// <summary>
    /// The snapshot for one decision: at once while the lease holds. When the lease has run out (the process was
    /// suspended, the publisher is moving), waits until it is renewed, at most <c>StaleAfter</c>; after that the cluster
    /// counts as unreachable and the last known state is given at once, until a renewal succeeds.
    /// </summary>
    ValueTask<TSnapshot> Read(CancellationToken cancellation = default);

    /// <summary>Each snapshot from now on, the newest only when the reader is slow; starts with the current one.</summary>
    IAsyncEnumerable<TSnapshot> Follow(CancellationToken cancellation);
}

/// <summary>Whether a replica may trust what it has (V2).</summary>
public enum LeaseState
{
    /// <summary>Nothing was received yet.</summary>
    Empty = 0,

    /// <summary>The lease holds: the snapshot is coherent with every publish that has returned.</summary>
    Leased,

    /// <summary>The lease has run out and is being renewed; reads wait.</summary>
    Renewing,

    /// <summary>The lease could not be renewed in time; reads get the last known state.</summary>
    Stale,
}
