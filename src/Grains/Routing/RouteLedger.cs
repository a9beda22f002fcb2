using System.Collections.Immutable;
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
    // The stored state is read or written by one at a time.
    private readonly SemaphoreSlim access = new(1, 1);

    private StateNotWrittenException? failure;

    /// <summary>What the store has acknowledged.</summary>
    public RouteBook Book { get; private set; } = new(store.State);

    /// <summary>
    /// See <see cref="IViewOwner.Report"/>. When the store holds what this ledger has not written, another activation has
    /// taken over meanwhile, and this one is done.
    /// </summary>
    public async Task<OwnerReport> Report()
    {
        await access.WaitAsync();
        try
        {
            await store.ReadStateAsync();
            var stored = store.State;
            if (stored.Version != Book.Version && failure is null)
            {
                Fail(new InvalidOperationException($"The store is at version {stored.Version}, this activation at {Book.Version}."));
            }

            return new OwnerReport(
                stored.Version,
                [.. stored.Routes.Select(entry => new ViewChange(entry.Document.Id, entry.Document))]);
        }
        finally
        {
            access.Release();
        }
    }

    /// <summary>Publishes the last write again, whose activation may have died before it did.</summary>
    public Task Resume() => Publish(Book);

    /// <summary>Decides a command, and sees what it changes through.</summary>
    public async Task<TAnswer> Run<TAnswer>(
        Func<RouteBook, (RouteBook Next, TAnswer Answer)> decide, Func<TAnswer, bool> accepted)
    {
        RouteBook decided;
        TAnswer answer;
        await access.WaitAsync();
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
            access.Release();
        }

        if (accepted(answer))
        {
            // Also when nothing changed: what the caller finds in place may be on its way still, or have got lost there.
            await Publish(decided);
        }

        return answer;
    }

    public void Dispose() => access.Dispose();

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
            throw Fail(e);
        }
    }

    private StateNotWrittenException Fail(Exception cause)
    {
        failure = new StateNotWrittenException("The store did not acknowledge a change of the routes.", cause);
        failed(cause);
        return failure;
    }

    private Task Publish(RouteBook book) => book.Version == 0 ? Task.CompletedTask : publish(book.Version, book.Changes);
}
