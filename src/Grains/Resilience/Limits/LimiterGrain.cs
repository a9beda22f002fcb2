using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// Moves the messages of a <see cref="LimiterBook"/>, and proves again and again that no other activation has taken over:
/// a silo that was suspended and declared dead lends nothing once it goes on.
/// </summary>
[GrainType("gatehouse.limits.limiter"), Reentrant]
internal sealed partial class LimiterGrain(
    [PersistentState("state")] IPersistentState<LimiterState> store,
    TimeProvider time,
    ILogger<LimiterGrain> logger) : Grain, ILimiterGrain
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private long startedAt;
    private long epoch;
    private LimiterBook book = null!;
    private TimeSpan provenAt;
    private Task? proving;
    private bool stopped;

    private TimeSpan Now => LimiterBook.ClockStart + time.GetElapsedTime(startedAt);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        startedAt = time.GetTimestamp();
        var before = store.State;
        var left = before.Epoch == 0 ? LimiterLegacy.None : before.Left;
        epoch = before.Epoch + 1;
        provenAt = Now;
        store.State = new LimiterState { Epoch = epoch };
        await store.WriteStateAsync(cancellationToken);
        book = new LimiterBook(epoch, left, Now);
        this.RegisterGrainTimer(
            () =>
            {
                book.Sweep(Now);
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(SweepEvery, SweepEvery));
        if (left is null)
        {
            Log.Recovering(logger, this.GetPrimaryKeyLong(), epoch);
        }
    }

    public async Task<LimitAnswer> Exchange(LimitExchange exchange)
    {
        var age = Now - provenAt;
        if (age >= LimitTimings.ProofRenewal)
        {
            proving ??= Prove();
        }

        while (!stopped && Now - provenAt >= LimitTimings.Proof)
        {
            await (proving ??= Prove());
        }

        return stopped ? throw new NotPublisherException() : book.Exchange(exchange, Now);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        try
        {
            store.State = new LimiterState { Epoch = epoch, Left = book.Snapshot(Now) };
            await store.WriteStateAsync(cancellationToken);
        }
        catch (Exception e)
        {
            // The successor waits until nothing of this epoch can be in use any more.
            Log.NotHandedOver(logger, this.GetPrimaryKeyLong(), e);
        }
    }

    private async Task Prove()
    {
        var begun = Now;
        try
        {
            await store.ReadStateAsync();
            if (store.State.Epoch == epoch)
            {
                provenAt = begun;
            }
            else
            {
                StepDown();
            }
        }
        catch (Exception e)
        {
            // Without a proof nothing is lent: the callers are told by what they wait for.
            Log.NotProven(logger, this.GetPrimaryKeyLong(), e);
            if (Now - provenAt >= LimitTimings.Proof)
            {
                throw;
            }
        }
        finally
        {
            proving = null;
        }
    }

    private void StepDown()
    {
        stopped = true;
        Log.Replaced(logger, this.GetPrimaryKeyLong(), epoch);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Limiter {Limiter}: epoch {Epoch} does not know what its predecessor lent; it lends nothing until that has lapsed")]
        public static partial void Recovering(ILogger logger, long limiter, long epoch);

        [LoggerMessage(2, LogLevel.Warning, "Limiter {Limiter}: epoch {Epoch} was replaced")]
        public static partial void Replaced(ILogger logger, long limiter, long epoch);

        [LoggerMessage(3, LogLevel.Warning, "Limiter {Limiter}: what is lent could not be handed over; the successor will wait until it has lapsed")]
        public static partial void NotHandedOver(ILogger logger, long limiter, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "Limiter {Limiter}: the store did not prove the epoch")]
        public static partial void NotProven(ILogger logger, long limiter, Exception exception);
    }
}
