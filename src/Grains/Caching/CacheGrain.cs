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
internal sealed class CacheGrain(
    [PersistentState("state")] IPersistentState<CacheState> store,
    TimeProvider time,
    ILogger<CacheGrain> logger) : OwnerGrain<CacheState>(store, ViewNames.Cache, time, logger), ICacheGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _ = InBackground(Ledger.Resume);
    }

    public async Task Invalidate(ImmutableArray<string> targets) =>
        await Ledger.Run(state => state.Invalidate(targets, Time.GetUtcNow()));
}
