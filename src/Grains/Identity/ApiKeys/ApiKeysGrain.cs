using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.ApiKeys;

/// <summary>
/// All API keys. Reentrant, so that a command that waits for a slow front door does not hold up others; the ledger keeps
/// writes one at a time.
/// </summary>
[GrainType("gatehouse.identity.api-keys"), Reentrant]
internal sealed partial class ApiKeysGrain(
    [PersistentState("state")] IPersistentState<ApiKeysState> store,
    TimeProvider time,
    ILogger<ApiKeysGrain> logger) : Grain, IApiKeysGrain, IDisposable
{
    private static readonly TimeSpan PurgeEvery = TimeSpan.FromMinutes(10);

    private OwnerLedger<ApiKeysState>? ledger;

    private OwnerLedger<ApiKeysState> Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ViewNames.ApiKeys, time, () => Ledger.Report());
        ledger = new OwnerLedger<ApiKeysState>(store, outlet.Enroll, outlet.Publish, StepDown);
        this.RegisterGrainTimer(
            _ => InBackground(() => Ledger.Run(state => state.Purge(time.GetUtcNow()))),
            new GrainTimerCreationOptions(PurgeEvery, PurgeEvery) { Interleave = true });
        _ = InBackground(Ledger.Resume);
        return Task.CompletedTask;
    }

    public async Task<bool> Add(ApiKey key) => (await Ledger.Run(state => state.Add(key))).Find(key.Id) is not null;

    public async Task<ApiKey?> Revoke(string id)
    {
        var before = Ledger.State.Find(id);
        await Ledger.Run(state => state.Remove(id));
        return before;
    }

    public ValueTask<ImmutableArray<ApiKey>> List() => ValueTask.FromResult(Ledger.State.Keys);

    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    public void Dispose() => ledger?.Dispose();

    private async Task InBackground(Func<Task> work)
    {
        try
        {
            await work();
        }
        // Whoever publishes next lets the publisher see the gap; what has ended stays a while longer.
        catch (Exception e)
        {
            Log.NotDone(logger, e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of the API keys; reading them again")]
        public static partial void WriteFailed(ILogger logger, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "The API keys could not be published again or purged; the next write makes up for it")]
        public static partial void NotDone(ILogger logger, Exception cause);
    }
}
