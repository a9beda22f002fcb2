using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>A shard of the catalogue. Reentrant, so that a publish that takes long holds up no other book.</summary>
[GrainType("gatehouse.lending.catalogue"), Reentrant]
internal sealed class CatalogueGrain(
    [PersistentState("state")] IPersistentState<CatalogueState> store,
    TimeProvider time,
    ILogger<CatalogueGrain> logger) : OwnerGrain<CatalogueState>(store, ICatalogueGrain.View, time, logger), ICatalogueGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _ = InBackground(Ledger.Resume);
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
}
