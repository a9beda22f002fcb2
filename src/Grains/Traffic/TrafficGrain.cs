using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Traffic;

/// <summary>
/// A shard of the statistics, in memory, written every so often. Nothing is lost when its silo dies: front doors keep
/// their reports until they are written, and send them to the next activation.
/// </summary>
[GrainType("gatehouse.traffic.shard")]
internal sealed partial class TrafficGrain(
    [PersistentState("state")] IPersistentState<TrafficState> store,
    IOptions<TrafficGrainOptions> options,
    TimeProvider time,
    ILogger<TrafficGrain> logger) : Grain, ITrafficGrain
{
    private TrafficLedger ledger = null!;
    private StateNotWrittenException? failure;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ledger = new TrafficLedger(store.State, options.Value.MaxSeriesPerShard, time.GetUtcNow());
        // Not all shards at once.
        var first = options.Value.WriteEvery * (0.5 + (this.GetPrimaryKeyLong() / (2.0 * TrafficShards.Count)));
        this.RegisterGrainTimer(Write, new GrainTimerCreationOptions { DueTime = first, Period = options.Value.WriteEvery });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Write();

    public Task<TrafficAck> Report(TrafficReport report) =>
        failure is null ? Task.FromResult(ledger.Apply(report, time.GetUtcNow())) : Task.FromException<TrafficAck>(failure);

    public Task<TrafficReading> Read(TrafficWindow window) => Task.FromResult(ledger.Read(window, time.GetUtcNow()));

    private async Task Write()
    {
        if (!ledger.Dirty || failure is not null)
        {
            return;
        }

        var state = ledger.ToState(time.GetUtcNow());
        try
        {
            store.State = state;
            await store.WriteStateAsync();
            ledger.Stored(state);
        }
        catch (Exception e)
        {
            // Whatever was thrown, it is unknown what the store has now: the next activation reads it, and asks the
            // front doors for the rest.
            failure = new StateNotWrittenException("The store did not acknowledge the traffic statistics.", e);
            Log.NotWritten(logger, this.GetPrimaryKeyLong(), e);
            DeactivateOnIdle();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Traffic shard {Shard}: the store did not acknowledge a write; reading it again")]
        public static partial void NotWritten(ILogger logger, long shard, Exception cause);
    }
}
