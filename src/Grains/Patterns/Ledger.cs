using Gatehouse.Grains.Views;
using Orleans.Runtime;

namespace Gatehouse.Grains.Patterns;

/// <summary>
/// The one way a grain's state changes: written first, believed then. After a write that failed nobody knows what the store
/// has: the ledger takes nothing more, and the grain steps down, so that its successor reads what is true. For a grain that
/// is not reentrant.
/// </summary>
/// <param name="store">The stored state, read.</param>
/// <param name="failed">Told when a write has failed.</param>
/// <typeparam name="TState">The state, an immutable record.</typeparam>
public sealed class Ledger<TState>(IPersistentState<TState> store, Action<Exception> failed)
{
    private StateNotWrittenException? failure;
    private bool unwritten;

    /// <summary>What is true.</summary>
    public TState State { get; private set; } = store.State;

    /// <summary>Writes the next state; it is true once this has returned.</summary>
    /// <exception cref="StateNotWrittenException">The store did not acknowledge it, or did not an earlier one.</exception>
    public async Task Write(TState next)
    {
        if (failure is not null)
        {
            throw failure;
        }

        try
        {
            store.State = next;
            await store.WriteStateAsync();
        }
        catch (Exception e)
        {
            failure = new StateNotWrittenException("The store did not acknowledge the change.", e);
            failed(e);
            throw failure;
        }

        State = next;
        unwritten = false;
    }

    /// <summary>
    /// Goes on with a state that follows from what is written: an activation that finds what is written comes to it again,
    /// by repeating idempotent calls. It goes out with the next write, or by <see cref="Flush"/>.
    /// </summary>
    public void Imply(TState next)
    {
        State = next;
        unwritten = true;
    }

    /// <summary>Writes what was only implied so far.</summary>
    public Task Flush() => unwritten ? Write(State) : Task.CompletedTask;
}
