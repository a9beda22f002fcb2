using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// One quota. It reserves in the store ahead of what it lends, a two-hundredth of the quota or what the front doors expect
/// to use, whichever is more, so that few requests wait for a write. A zombie cannot reserve: the store refuses its write.
/// </summary>
[GrainType("gatehouse.limits.quota")]
internal sealed partial class QuotaGrain(
    [PersistentState("state")] IPersistentState<QuotaState> store,
    TimeProvider time,
    ILogger<QuotaGrain> logger) : Grain, IQuotaGrain
{
    private const int ReservePart = 200;

    private readonly long startedAt = time.GetTimestamp();
    private QuotaState written = new();
    private QuotaPool? pool;
    private PermitAccount account = null!;
    private long epoch;
    private bool failed;

    private TimeSpan Now => LimiterBook.ClockStart + time.GetElapsedTime(startedAt);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        written = store.State;
        return Task.CompletedTask;
    }

    public async Task<LimitAnswer> Exchange(LimitExchange exchange)
    {
        var grants = new List<LimitGrant>(exchange.Asks.Length);
        foreach (var ask in exchange.Asks)
        {
            var current = Enter(ask.Rule);
            current.Permits = ask.Rule.Permits;
            await Reserve(current, Math.Max(ask.Now, ask.Ahead));
            grants.Add(account.Exchange(exchange.Door, ask, epoch, Now) with { Available = Left(current) });
        }

        return new LimitAnswer(epoch, [.. grants]);
    }

    public ValueTask<QuotaUsage> Usage(QuotaPeriod period)
    {
        var now = time.GetUtcNow();
        var start = QuotaCalendar.StartOf(period, now);
        var used = written.Start < start ? 0 : pool?.Spent ?? written.Reserved;
        return new(new QuotaUsage(used, QuotaCalendar.EndOf(period, start)));
    }

    public async Task Reset()
    {
        await Write(written with { Reserved = 0 });
        pool = null;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (pool is null || failed || pool.Spent == written.Reserved)
        {
            return;
        }

        try
        {
            await Write(written with { Reserved = pool.Spent });
        }
        catch (StateNotWrittenException e)
        {
            // What was reserved and not lent is lost; nothing is lent twice.
            Log.NotGivenBack(logger, this.GetPrimaryKeyString(), e);
        }
    }

    private static int Left(QuotaPool pool) => (int)Math.Clamp(pool.Permits - pool.Spent, 0, int.MaxValue);

    // The period never goes back, also when the clock of the silo does that it moved to.
    private QuotaPool Enter(LimitRule rule)
    {
        var now = time.GetUtcNow();
        var start = QuotaCalendar.StartOf(rule.Period, now);
        if (pool is not null && start <= written.Start)
        {
            return pool;
        }

        if (start > written.Start)
        {
            written = new QuotaState { Start = start };
        }

        pool = new QuotaPool(Now + (QuotaCalendar.EndOf(rule.Period, written.Start) - now), written.Reserved);
        account = new PermitAccount(rule, pool);
        epoch = Math.Max(epoch + 1, now.UtcTicks);
        return pool;
    }

    private async Task Reserve(QuotaPool current, int wanted)
    {
        var limit = current.Permits;
        if (current.Reserved - current.Spent >= wanted || current.Reserved >= limit)
        {
            return;
        }

        var next = Math.Min(limit, Math.Max(current.Spent + wanted, current.Reserved + (limit / ReservePart)));
        await Write(written with { Reserved = next });
        current.Reserved = next;
    }

    private async Task Write(QuotaState next)
    {
        try
        {
            store.State = next;
            await store.WriteStateAsync();
            written = next;
        }
        catch (Exception e)
        {
            failed = true;
            DeactivateOnIdle();
            throw new StateNotWrittenException("The store did not acknowledge a change of a quota.", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Quota {Quota}: what was reserved and not used could not be given back")]
        public static partial void NotGivenBack(ILogger logger, string quota, Exception exception);
    }
}
