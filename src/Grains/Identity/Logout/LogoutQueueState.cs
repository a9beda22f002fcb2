using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Logout;

/// <summary>What a part of the queue keeps in the store, and the rules by which it changes.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.logout-queue-state")]
internal sealed record LogoutQueueState
{
    // A client that is gone for good must not fill the store.
    private const int MaxGivenUp = 500;

    // Nor slow down every end of a session, each of which writes the queue whole.
    private const int MaxQueue = 2000;
    private const int Growth = 4;

    /// <summary>The notices in the order they came.</summary>
    [Id(0)] public ImmutableArray<QueuedLogout> Queue { get; init; } = [];

    /// <summary>The queue with the notices that it does not have yet, as far as there is room; the same when none is added.</summary>
    public LogoutQueueState With(ImmutableArray<LogoutNotice> notices, DateTimeOffset now)
    {
        var known = Queue.Select(queued => queued.Notice).ToHashSet();
        ImmutableArray<QueuedLogout> added =
            [.. notices.Where(known.Add).Take(Math.Max(0, MaxQueue - Queue.Length)).Select(notice => new QueuedLogout(notice, now, DueAt: now))];
        return added.IsEmpty ? this : this with { Queue = Queue.AddRange(added) };
    }

    /// <summary>The queue after attempts.</summary>
    /// <param name="attempts">What came of each.</param>
    /// <param name="options">How often and when to try again.</param>
    /// <param name="now">The time.</param>
    public LogoutQueueState After(ImmutableArray<LogoutAttempt> attempts, LogoutOptions options, DateTimeOffset now)
    {
        var results = attempts.ToDictionary(attempt => attempt.Notice);
        var settled = Queue
            .Where(queued => !results.TryGetValue(queued.Notice, out var result) || result.Error is not null)
            .Select(queued => results.TryGetValue(queued.Notice, out var failed) ? Failed(queued, failed.Error!, options, now) : queued);
        return this with { Queue = Tidy([.. settled], options, now) };
    }

    /// <summary>The queue with everything due that was given up.</summary>
    public LogoutQueueState Retried(DateTimeOffset now) => this with
    {
        Queue = [.. Queue.Select(queued => queued.DueAt is null ? queued with { Attempts = 0, DueAt = now } : queued)],
    };

    private static QueuedLogout Failed(QueuedLogout queued, string error, LogoutOptions options, DateTimeOffset now)
    {
        var attempts = queued.Attempts + 1;
        return queued with { Attempts = attempts, Error = error, DueAt = attempts >= options.Attempts ? null : now + Pause(attempts, options) };
    }

    private static TimeSpan Pause(int attempts, LogoutOptions options)
    {
        var pause = options.RetryAfter * Math.Pow(Growth, attempts - 1);
        return pause < options.RetryAtMost ? pause : options.RetryAtMost;
    }

    private static ImmutableArray<QueuedLogout> Tidy(ImmutableArray<QueuedLogout> queue, LogoutOptions options, DateTimeOffset now)
    {
        var surplus = queue.Count(queued => queued.DueAt is null) - MaxGivenUp;
        return queue.RemoveAll(queued => queued.DueAt is null && (surplus-- > 0 || queued.AddedAt + options.KeepGivenUp < now));
    }
}
