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
internal sealed class ApiKeysGrain(
    [PersistentState("state")] IPersistentState<ApiKeysState> store,
    TimeProvider time,
    ILogger<ApiKeysGrain> logger) : OwnerGrain<ApiKeysState>(store, ViewNames.ApiKeys, time, logger), IApiKeysGrain
{
    private static readonly TimeSpan PurgeEvery = TimeSpan.FromMinutes(10);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        this.RegisterGrainTimer(
            _ => InBackground(() => Ledger.Run(state => state.Purge(Time.GetUtcNow()))),
            new GrainTimerCreationOptions(PurgeEvery, PurgeEvery) { Interleave = true });
        _ = InBackground(Ledger.Resume);
    }

    public async Task<bool> Add(ApiKey key) => (await Ledger.Run(state => state.Add(key))).Find(key.Id) is not null;

    public async Task<ApiKey?> Revoke(string id)
    {
        var before = Ledger.State.Find(id);
        await Ledger.Run(state => state.Remove(id));
        return before;
    }

    public ValueTask<ImmutableArray<ApiKey>> List() => ValueTask.FromResult(Ledger.State.Keys);
}
