using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Identity.Logout;

/// <summary>
/// A part of what clients are still to be told; the key is one of <see cref="LogoutQueues.Shards"/>. Front doors take from it
/// what is due, since they alone call out, and settle what came of it: each notice is told at least once.
/// </summary>
[Alias("gatehouse.identity.logout-queue")]
public interface ILogoutQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Keeps notices until they are delivered; those it has already it keeps once, and those it has no room for it gives up.</summary>
    [Alias("add"), ResponseTimeout("00:00:15")]
    Task Add(ImmutableArray<LogoutNotice> notices);

    /// <summary>What is due. It is given to nobody else until it is settled, or whoever took it must have died.</summary>
    /// <param name="limit">How many at most.</param>
    [Alias("take")]
    ValueTask<ImmutableArray<LogoutNotice>> Take(int limit);

    /// <summary>What came of attempts: what was delivered leaves, the rest is tried again later, and in the end no more.</summary>
    [Alias("settle"), ResponseTimeout("00:00:15")]
    Task Settle(ImmutableArray<LogoutAttempt> attempts);

    /// <summary>Everything that was not delivered yet, and what was given up lately.</summary>
    [Alias("list")]
    ValueTask<ImmutableArray<QueuedLogout>> List();

    /// <summary>Tries what was given up again.</summary>
    /// <returns>How many notices that are.</returns>
    [Alias("retry"), ResponseTimeout("00:00:15")]
    Task<int> Retry();
}

/// <summary>Where notices are kept.</summary>
public static class LogoutQueues
{
    /// <summary>Into how many parts the queue is cut, each written whole when something changes in it.</summary>
    public const int Shards = 8;

    /// <summary>The part of the queue that has a session's notices.</summary>
    public static ILogoutQueueGrain LogoutQueueOf(this IGrainFactory grains, string sessionId) =>
        grains.GetGrain<ILogoutQueueGrain>(Sharding.ShardOf(sessionId, Shards));
}
