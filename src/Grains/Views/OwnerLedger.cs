using System.Collections.Immutable;
using Orleans.Runtime;

namespace Gatehouse.Grains.Views;

/// <summary>
/// The one way the state of a view's owner changes: a command is decided on what the store has acknowledged, written,
/// published, and only then answered. Writes go one at a time; a publish, which a hanging front door can delay by a lease,
/// holds up nobody.
/// </summary>
/// <typeparam name="TState">The stored state; the next one has the version that follows.</typeparam>
/// <param name="store">The stored state, read.</param>
/// <param name="enroll">Makes the owner known to the view's publisher.</param>
/// <param name="publish">Publishes a version's changes.</param>
/// <param name="failed">Told when a write has failed; the ledger takes no more commands then.</param>
internal sealed class OwnerLedger<TState>(
    IPersistentState<TState> store,
    Func<Task> enroll,
    Func<long, ImmutableArray<ViewChange>, Task> publish,
    Action<Exception> failed) : IDisposable
    where TState : class, IOwnedState
{
    // The stored state is read or written by one at a time.
    private readonly SemaphoreSlim access = new(1, 1);

    private StateNotWrittenException? failure;

    /// <summary>What the store has acknowledged.</summary>
    public TState State { get; private set; } = store.State;

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
            if (stored.Version != State.Version && failure is null)
            {
                Fail(new InvalidOperationException($"The store is at version {stored.Version}, this activation at {State.Version}."));
            }

            return new OwnerReport(stored.Version, stored.Entries());
        }
        finally
        {
            access.Release();
        }
    }

    /// <summary>Publishes the last write again, whose activation may have died before it did.</summary>
    public Task Resume() => Publish(State);

    /// <summary>Decides a command, and sees what it changes through. A decision that changes nothing gives the state back.</summary>
    public async Task<TState> Run(Func<TState, TState> decide)
    {
        var decided = await Change(decide);

        // Also when nothing changed: what the caller finds in place may be on its way still, or have got lost there.
        await Publish(decided);
        return decided;
    }

    /// <summary>
    /// Decides a command and writes what it changes, for a caller that cannot wait until everybody knows; it publishes the
    /// decided state itself.
    /// </summary>
    public async Task<TState> Change(Func<TState, TState> decide)
    {
        await access.WaitAsync();
        try
        {
            if (failure is not null)
            {
                throw failure;
            }

            var decided = decide(State);
            if (!ReferenceEquals(decided, State))
            {
                await enroll();
                await Write(decided);
            }

            return decided;
        }
        finally
        {
            access.Release();
        }
    }

    /// <summary>Publishes what a decided state has changed.</summary>
    public Task Publish(TState decided) => decided.Version == 0 ? Task.CompletedTask : publish(decided.Version, decided.LastChanges());

    public void Dispose() => access.Dispose();

    private async Task Write(TState next)
    {
        try
        {
            store.State = next;
            await store.WriteStateAsync();
            State = next;
        }
        catch (Exception e)
        {
            // Whatever was thrown, it is unknown what the store has now: nothing more may be built on it.
            throw Fail(e);
        }
    }

    private StateNotWrittenException Fail(Exception cause)
    {
        failure = new StateNotWrittenException($"The store did not acknowledge a change of {typeof(TState).Name}.", cause);
        failed(cause);
        return failure;
    }
}
