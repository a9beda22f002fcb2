using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>
/// One shard of the revocations. Reentrant, so that one that waits for a slow front door does not hold up others; the
/// <see cref="RevocationLedger"/> keeps writes one at a time.
/// </summary>
[GrainType("gatehouse.identity.revocations"), Reentrant]
internal sealed partial class RevocationGrain(
    [PersistentState("state")] IPersistentState<RevocationState> store,
    TimeProvider time,
    ILogger<RevocationGrain> logger) : Grain, IRevocationGrain, IDisposable
{
    private static readonly TimeSpan PurgeEvery = TimeSpan.FromSeconds(30);

    private RevocationLedger? ledger;

    private RevocationLedger Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(
            GrainFactory, this.GetGrainId(), ViewNames.Revocations(Shard), time, async () => (await Ledger.Read()).Report());
        ledger = new RevocationLedger(store, outlet.Enroll, outlet.Publish, StepDown, time);
        this.RegisterGrainTimer(
            _ => Purge(Ledger), new GrainTimerCreationOptions(PurgeEvery, PurgeEvery) { Interleave = true });
        _ = Resume(ledger);
        return Task.CompletedTask;
    }

    public Task Revoke(string key, DateTimeOffset until) => RevocationKey.ShardOf(key) == Shard
        ? Ledger.Revoke(key, until)
        : throw new ArgumentException($"The key does not belong to shard {Shard}.", nameof(key));

    public async Task<ImmutableDictionary<string, Revocation>> Find(ImmutableArray<string> keys)
    {
        var stored = (await Ledger.Read()).Entries;
        return keys.Where(stored.ContainsKey).Distinct(StringComparer.Ordinal).ToImmutableDictionary(key => key, key => stored[key]);
    }

    public async ValueTask<OwnerReport> Report() => (await Ledger.Read()).Report();

    public void Dispose() => ledger?.Dispose();

    private async Task Purge(RevocationLedger purged)
    {
        try
        {
            await purged.Purge();
        }
        // What has ended stays a while longer.
        catch (Exception e)
        {
            Log.NotPurged(logger, Shard, e);
        }
    }

    private async Task Resume(RevocationLedger resumed)
    {
        try
        {
            await resumed.Resume();
        }
        // Whoever publishes next lets the publisher see the gap.
        catch (Exception e)
        {
            Log.NotResumed(logger, Shard, e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, Shard, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Revocations {Shard}: stepping down, because what this activation knows is not what the store has")]
        public static partial void WriteFailed(ILogger logger, int shard, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Revocations {Shard}: the last write could not be published again; the next one makes up for it")]
        public static partial void NotResumed(ILogger logger, int shard, Exception cause);

        [LoggerMessage(3, LogLevel.Warning, "Revocations {Shard}: what has ended could not be taken out")]
        public static partial void NotPurged(ILogger logger, int shard, Exception cause);
    }
}
