using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending.Catalogue;

[GrainType("gatehouse.lending.catalogue")]
internal sealed partial class CatalogueGrain(
    [PersistentState("state")] IPersistentState<CatalogueState> store,
    SiloDeparture departure,
    TimeProvider time,
    ILogger<CatalogueGrain> logger) : Grain, ICatalogueGrain, IDisposable
{
    // A report, which interleaves, reads the stored state that a command writes: one at a time.
    private readonly SemaphoreSlim access = new(1, 1);

    private CatalogueState written = new();
    private ViewOutlet? outlet;
    private StateNotWrittenException? failure;

    private ViewOutlet Outlet => outlet ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ICatalogueGrain.View, time, () => Report().AsTask(), departure.Begun);
        written = store.State;
        _ = Resume();
        return Task.CompletedTask;
    }

    public async Task<bool> Put(BookEntry entry)
    {
        if (!written.Books.ContainsKey(entry.Id) && written.Books.Count >= ICatalogueGrain.Capacity)
        {
            return false;
        }

        await Set(entry.Id, entry);
        return true;
    }

    public Task Remove(string book) => Set(book, null);

    public async ValueTask<OwnerReport> Report()
    {
        await access.WaitAsync();
        try
        {
            await store.ReadStateAsync();
            var stored = store.State;
            if (stored.Version != written.Version)
            {
                StepDown(new InvalidOperationException($"The store is at version {stored.Version}, this activation at {written.Version}."));
            }

            return new OwnerReport(stored.Version, [.. stored.Books.Select(book => new ViewChange(book.Key, book.Value))]);
        }
        finally
        {
            access.Release();
        }
    }

    public void Dispose() => access.Dispose();

    private async Task Set(string id, BookEntry? entry)
    {
        if (!written.Has(id, entry))
        {
            await Outlet.Enroll();
            await Write(written.With(id, entry));
        }

        // Also when nothing changed: what is found in place may be on its way still.
        if (written.Version > 0)
        {
            await Outlet.Publish(written.Version, written.Changes);
        }
    }

    private async Task Write(CatalogueState next)
    {
        await access.WaitAsync();
        try
        {
            if (failure is not null)
            {
                throw failure;
            }

            store.State = next;
            await store.WriteStateAsync();
            written = next;
        }
        catch (Exception e) when (failure is null)
        {
            throw StepDown(e);
        }
        finally
        {
            access.Release();
        }
    }

    private async Task Resume()
    {
        try
        {
            if (written.Version > 0)
            {
                await Outlet.Publish(written.Version, written.Changes);
            }
        }
        // Whoever publishes next lets the publisher see the gap.
        catch (Exception e)
        {
            Log.NotResumed(logger, this.GetPrimaryKeyLong(), e);
        }
    }

    private StateNotWrittenException StepDown(Exception cause)
    {
        failure = new StateNotWrittenException("The store did not acknowledge a change of the catalogue.", cause);
        Log.WriteFailed(logger, this.GetPrimaryKeyLong(), cause);
        DeactivateOnIdle();
        return failure;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Shard {Shard} of the catalogue: what this activation knows is not what the store has; reading it again")]
        public static partial void WriteFailed(ILogger logger, long shard, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Shard {Shard} of the catalogue could not publish its last write again; the next one makes up for it")]
        public static partial void NotResumed(ILogger logger, long shard, Exception cause);
    }
}
