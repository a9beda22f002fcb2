using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>
/// The one way a shard changes: what is revoked is written, published, and only then acknowledged. One write is under way
/// at a time, and what is revoked meanwhile goes out together in the next; waiting for a publish, which a hanging front
/// door can delay by a lease, holds up no write.
/// </summary>
/// <param name="store">The stored state, read.</param>
/// <param name="enroll">Makes the shard known to its view's publisher.</param>
/// <param name="publish">Publishes a version's changes.</param>
/// <param name="failed">Told once when a write has failed; the ledger takes no more changes then.</param>
/// <param name="time">The clock by which revocations end.</param>
internal sealed class RevocationLedger(
    IPersistentState<RevocationState> store,
    Func<Task> enroll,
    Func<long, ImmutableArray<ViewChange>, Task> publish,
    Action<Exception> failed,
    TimeProvider time) : IDisposable
{
    // The stored state is read or written by one at a time.
    private readonly SemaphoreSlim access = new(1, 1);

    private Batch? gathering;
    private StateNotWrittenException? failure;

    /// <summary>What the store has acknowledged.</summary>
    public RevocationState Written { get; private set; } = store.State;

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Completes when the revocation is written and every front door acts on it, or holds no valid lease.</summary>
    public Task Revoke(string key, DateTimeOffset until)
    {
        var revocation = new Revocation(Now + 1, (until + Revocation.Linger).ToUnixTimeSeconds() + 1);
        return Gather(batch => batch.Add(key, revocation));
    }

    /// <summary>Takes out what has ended.</summary>
    public Task Purge() => Written.NextEnd() <= Now ? Gather(_ => { }) : Task.CompletedTask;

    /// <summary>Publishes the last write again, whose activation may have died before it did.</summary>
    public Task Resume() => Publish(Written);

    /// <summary>
    /// What the store has now. When it holds what this ledger has not written, another activation has taken over meanwhile,
    /// and this one is done.
    /// </summary>
    public async Task<RevocationState> Read()
    {
        await access.WaitAsync();
        try
        {
            await store.ReadStateAsync();
            if (store.State.Version != Written.Version && failure is null)
            {
                Fail(new InvalidOperationException($"The store is at version {store.State.Version}, this activation at {Written.Version}."));
            }

            return store.State;
        }
        finally
        {
            access.Release();
        }
    }

    public void Dispose() => access.Dispose();

    private Task Gather(Action<Batch> add)
    {
        if (gathering is { } open)
        {
            add(open);
            return open.Task;
        }

        var batch = gathering = new Batch();
        add(batch);
        _ = Commit(batch);
        return batch.Task;
    }

    private async Task Commit(Batch batch)
    {
        try
        {
            // Also when nothing changed: what is revoked already may be on its way still, or have got lost there.
            await Publish(await Write(batch));
            batch.Done();
        }
        catch (Exception e)
        {
            batch.Fail(e);
        }
    }

    private async Task<RevocationState> Write(Batch batch)
    {
        await access.WaitAsync();
        try
        {
            // What comes from now on goes into the next write.
            gathering = null;
            if (failure is not null)
            {
                throw failure;
            }

            var next = Written.With(batch.Entries, Now);
            if (next != Written)
            {
                await enroll();
                await Write(next);
            }

            return Written;
        }
        finally
        {
            access.Release();
        }
    }

    private async Task Write(RevocationState next)
    {
        try
        {
            store.State = next;
            await store.WriteStateAsync();
            Written = next;
        }
        catch (Exception e)
        {
            // Whatever was thrown, it is unknown what the store has now: nothing more may be built on it.
            throw Fail(e);
        }
    }

    private StateNotWrittenException Fail(Exception cause)
    {
        failure = new StateNotWrittenException("The store did not acknowledge a revocation.", cause);
        failed(cause);
        return failure;
    }

    private Task Publish(RevocationState state) => state.Version == 0 ? Task.CompletedTask : publish(state.Version, state.Changes);

    /// <summary>Revocations that go out in one write, and the promise to those who wait for it.</summary>
    private sealed class Batch
    {
        private readonly TaskCompletionSource completion = new();

        public Dictionary<string, Revocation> Entries { get; } = new(StringComparer.Ordinal);

        public Task Task => completion.Task;

        public void Add(string key, Revocation revocation) => Entries[key] = revocation.Join(Entries.GetValueOrDefault(key));

        public void Done() => completion.TrySetResult();

        public void Fail(Exception e)
        {
            completion.TrySetException(e);

            // Nobody waits for a purge; its failure is made up for by the next one.
            _ = completion.Task.Exception;
        }
    }
}
