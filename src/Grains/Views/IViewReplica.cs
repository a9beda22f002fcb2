using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>A front door's copy of a view, as its publisher sees it.</summary>
[Alias("gatehouse.views.replica")]
public interface IViewReplica : IGrainObserver
{
    /// <summary>Applies pushed changes when they follow what the replica has.</summary>
    /// <returns>The replica's version afterwards; older than the push's when there was a gap.</returns>
    [Alias("apply")]
    Task<ViewVersion> Apply(ViewPush push);

    /// <summary>How many uses of the entry (requests in flight to an instance) are under way here.</summary>
    [Alias("in-use")]
    Task<int> InUse(string key);
}

/// <summary>Changes on their way to a replica.</summary>
/// <param name="From">The version the changes start from; a replica at another version of the epoch skips or refuses.</param>
/// <param name="To">The version they lead to.</param>
/// <param name="Changes">The changed keys, the last change of each.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.push")]
public sealed record ViewPush(
    [property: Id(0)] ViewVersion From,
    [property: Id(1)] ViewVersion To,
    [property: Id(2)] ImmutableArray<ViewChange> Changes);

/// <summary>A replica's request to renew its lease.</summary>
/// <param name="Replica">The replica's identity, new with each start of its process.</param>
/// <param name="Observer">Where to push changes.</param>
/// <param name="Version">What the replica has applied.</param>
/// <param name="Page">A page token of an unfinished snapshot, or null.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.lease-request")]
public sealed record LeaseRequest(
    [property: Id(0)] Guid Replica,
    [property: Id(1)] IViewReplica Observer,
    [property: Id(2)] ViewVersion Version,
    [property: Id(3)] SnapshotPage? Page = null);

/// <summary>Where a paged snapshot goes on: the version it is of and how many entries were sent.</summary>
/// <param name="Version">The version of the snapshot.</param>
/// <param name="Offset">Entries already sent.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.snapshot-page")]
public sealed record SnapshotPage([property: Id(0)] ViewVersion Version, [property: Id(1)] int Offset);

/// <summary>The answer to a <see cref="LeaseRequest"/>.</summary>
/// <param name="Version">The version that the entries lead to.</param>
/// <param name="Lease">
/// How long the replica may trust what it has, counted from before it sent the request; zero while a snapshot has more
/// pages to come. It only holds once the replica has applied <paramref name="Entries"/>.
/// </param>
/// <param name="Entries">The changes since the replica's version, or, with <paramref name="Snapshot"/>, a page of everything.</param>
/// <param name="Snapshot">Whether the entries replace what the replica has.</param>
/// <param name="Offset">Where in the snapshot the page begins.</param>
/// <param name="Next">The next page to ask for, or null when this was the last.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.views.lease-grant")]
public sealed record LeaseGrant(
    [property: Id(0)] ViewVersion Version,
    [property: Id(1)] TimeSpan Lease,
    [property: Id(2)] ImmutableArray<ViewChange> Entries,
    [property: Id(3)] bool Snapshot,
    [property: Id(4)] int Offset = 0,
    [property: Id(5)] SnapshotPage? Next = null);
