using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Caching;

/// <summary>
/// The invalidations of cached responses. Reentrant, so that a command that waits for a slow front door does not hold up others;
/// the ledger keeps writes one at a time.
/// </summary>
[GrainType("gatehouse.caching.cache"), Reentrant]
internal sealed partial class CacheGrain(
    [PersistentState("state")] IPersistentState<CacheState> store,
    TimeProvider time,
    ILogger<CacheGrain> logger) : Grain, ICacheGrain, IDisposable
{
    private OwnerLedger<CacheState>? ledger;

    private OwnerLedger<CacheState> Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ViewNames.Cache, time, () => Ledger.Report());
        ledger = new OwnerLedger<CacheState>(store, outlet.Enroll, outlet.Publish, StepDown);
        _ = Resume();
        return Task.CompletedTask;
    }

    public async Task Invalidate(ImmutableArray<string> targets) =>
        await Ledger.Run(state => state.Invalidate(targets, time.GetUtcNow()));

    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    public void Dispose() => ledger?.Dispose();

    private async Task Resume()
    {
        try
        {
            await Ledger.Resume();
        }
        // Whoever publishes next lets the publisher see the gap.
        catch (Exception e)
        {
            Log.NotPublished(logger, e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of the cache's invalidations; reading them again")]
        public static partial void WriteFailed(ILogger logger, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "The cache's invalidations could not be published again; the next write makes up for it")]
        public static partial void NotPublished(ILogger logger, Exception cause);
    }
}
