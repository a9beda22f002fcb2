using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>A shard of the catalogue. Reentrant, so that a publish that takes long holds up no other book.</summary>
[GrainType("gatehouse.lending.catalogue"), Reentrant]
internal sealed partial class CatalogueGrain(
    [PersistentState("state")] IPersistentState<CatalogueState> store,
    TimeProvider time,
    ILogger<CatalogueGrain> logger) : Grain, ICatalogueGrain, IDisposable
{
    private OwnerLedger<CatalogueState>? ledger;

    private OwnerLedger<CatalogueState> Ledger => ledger ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ICatalogueGrain.View, time, () => Ledger.Report());
        ledger = new OwnerLedger<CatalogueState>(store, outlet.Enroll, outlet.Publish, StepDown);
        _ = Resume(ledger);
        return Task.CompletedTask;
    }

    public async Task<bool> Put(BookEntry entry)
    {
        var isFull = false;
        await Ledger.Run(state =>
        {
            isFull = !state.Books.ContainsKey(entry.Id) && state.Books.Count >= ICatalogueGrain.Capacity;
            return isFull ? state : state.With(entry.Id, entry);
        });
        return !isFull;
    }

    public Task Remove(string book) => Ledger.Run(state => state.With(book, null));

    public ValueTask<OwnerReport> Report() => new(Ledger.Report());

    public void Dispose() => ledger?.Dispose();

    private async Task Resume(OwnerLedger<CatalogueState> resumed)
    {
        try
        {
            await resumed.Resume();
        }
        // Whoever publishes next lets the publisher see the gap.
        catch (Exception e)
        {
            Log.NotResumed(logger, this.GetPrimaryKeyLong(), e);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyLong(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Shard {Shard} of the catalogue: stepping down, because what this activation knows is not what the store has")]
        public static partial void WriteFailed(ILogger logger, long shard, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Shard {Shard} of the catalogue could not publish its last write again; the next one makes up for it")]
        public static partial void NotResumed(ILogger logger, long shard, Exception cause);
    }
}
