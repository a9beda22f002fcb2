using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Orleans.Runtime;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// The one way the book changes: a command is decided on what the store has acknowledged, written, published, and only
/// then answered. Writes go one at a time; a publish, which a hanging front door can delay by a lease, holds up nobody.
/// </summary>
/// <param name="store">The stored state, read.</param>
/// <param name="enroll">Makes the book known to the view's publisher.</param>
/// <param name="publish">Publishes a version's changes.</param>
/// <param name="failed">Told when a write has failed; the ledger takes no more commands then.</param>
internal sealed class RouteLedger(
    IPersistentState<RouteListing> store,
    Func<Task> enroll,
    Func<long, ImmutableArray<ViewChange>, Task> publish,
    Action<Exception> failed) : IDisposable
{
    private readonly SemaphoreSlim writing = new(1, 1);

    private StateNotWrittenException? failure;

    /// <summary>What the store has acknowledged.</summary>
    public RouteBook Book { get; private set; } = new(store.State);

    /// <summary>See <see cref="IViewOwner.Report"/>.</summary>
    public OwnerReport Report() => new(
        Book.Version,
        [.. Book.Listing.Routes.Select(entry => new ViewChange(entry.Document.Id, entry.Document))]);

    /// <summary>Publishes the last write again, whose activation may have died before it did.</summary>
    public Task Resume() => Publish(Book);

    /// <summary>Decides a command, and sees what it changes through.</summary>
    public async Task<TAnswer> Run<TAnswer>(
        Func<RouteBook, (RouteBook Next, TAnswer Answer)> decide, Func<TAnswer, bool> accepted)
    {
        RouteBook decided;
        TAnswer answer;
        await writing.WaitAsync();
        try
        {
            if (failure is not null)
            {
                throw failure;
            }

            (decided, answer) = decide(Book);
            if (decided != Book)
            {
                await enroll();
                await Write(decided);
            }
        }
        finally
        {
            writing.Release();
        }

        if (accepted(answer))
        {
            // Also when nothing changed: what the caller finds in place may be on its way still, or have got lost there.
            await Publish(decided);
        }

        return answer;
    }

    public void Dispose() => writing.Dispose();

    private async Task Write(RouteBook next)
    {
        try
        {
            store.State = next.Listing;
            await store.WriteStateAsync();
            Book = next;
        }
        catch (Exception e)
        {
            // Whatever was thrown, it is unknown what the store has now: nothing more may be built on it.
            failure = new StateNotWrittenException("The store did not acknowledge a change of the routes.", e);
            failed(e);
            throw failure;
        }
    }

    private Task Publish(RouteBook book) => book.Version == 0 ? Task.CompletedTask : publish(book.Version, book.Changes);
}
