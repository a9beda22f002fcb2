using System.Collections.Immutable;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Logout;

[GrainType("gatehouse.identity.logout-queue")]
internal sealed partial class LogoutQueueGrain(
    [PersistentState("state")] IPersistentState<LogoutQueueState> store,
    IOptions<LogoutOptions> options,
    IAuditTrail audit,
    TimeProvider time,
    ILogger<LogoutQueueGrain> logger) : Grain, ILogoutQueueGrain
{
    // Longer than a front door tries.
    private static readonly TimeSpan TakenFor = TimeSpan.FromSeconds(30);

    // Not stored: a notice that is told twice does no harm.
    private readonly Dictionary<LogoutNotice, DateTimeOffset> taken = [];

    private Ledger<LogoutQueueState>? ledger;

    private Ledger<LogoutQueueState> Ledger => ledger ??= new Ledger<LogoutQueueState>(store, StepDown);

    public async Task Add(ImmutableArray<LogoutNotice> notices)
    {
        var now = time.GetUtcNow();
        await Write(Ledger.State.With(notices, now));
        foreach (var refused in notices.Except(Ledger.State.Queue.Select(queued => queued.Notice)))
        {
            Record(new QueuedLogout(refused, now, Error: "too many others wait"));
        }
    }

    public ValueTask<ImmutableArray<LogoutNotice>> Take(int limit)
    {
        var now = time.GetUtcNow();
        ImmutableArray<LogoutNotice> due =
        [
            .. Ledger.State.Queue
                .Where(queued => queued.DueAt <= now && !(taken.TryGetValue(queued.Notice, out var until) && until > now))
                .Take(limit)
                .Select(queued => queued.Notice),
        ];
        foreach (var notice in due)
        {
            taken[notice] = now + TakenFor;
        }

        return ValueTask.FromResult(due);
    }

    public async Task Settle(ImmutableArray<LogoutAttempt> attempts)
    {
        var before = Ledger.State.Queue;
        await Write(Ledger.State.After(attempts, options.Value, time.GetUtcNow()));
        foreach (var attempt in attempts)
        {
            taken.Remove(attempt.Notice);
        }

        foreach (var lost in Ledger.State.Queue.Where(queued => queued.DueAt is null && !before.Contains(queued)))
        {
            Record(lost);
        }
    }

    public ValueTask<ImmutableArray<QueuedLogout>> List() => ValueTask.FromResult(Ledger.State.Queue);

    public async Task<int> Retry()
    {
        var count = Ledger.State.Queue.Count(queued => queued.DueAt is null);
        if (count > 0)
        {
            await Write(Ledger.State.Retried(time.GetUtcNow()));
        }

        return count;
    }

    private void Record(QueuedLogout lost)
    {
        var (session, user, client) = lost.Notice;
        Log.GivenUp(logger, client, session, lost.Attempts, lost.Error);
        audit.Record(new AuditEvent
        {
            Type = "session.logout-undelivered",
            Actor = "system",
            Target = $"client:{client}",
            Outcome = AuditOutcome.Failed,
            Details = ImmutableDictionary<string, string>.Empty
                .Add("session", session)
                .Add("user", user)
                .Add("attempts", lost.Attempts.ToString(System.Globalization.CultureInfo.InvariantCulture))
                .Add("error", lost.Error),
        });
    }

    private Task Write(LogoutQueueState next) => ReferenceEquals(next, Ledger.State) ? Task.CompletedTask : Ledger.Write(next);

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyLong(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of logout queue {Shard}; reading it again")]
        public static partial void WriteFailed(ILogger logger, long shard, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Client {Client} does not know that session {Session} has ended, after {Attempts} attempts: {Error}")]
        public static partial void GivenUp(ILogger logger, string client, string session, int attempts, string error);
    }
}
