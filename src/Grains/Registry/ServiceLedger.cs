using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Views;
using Orleans.Runtime;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// The one way a service's entries change: a change is proposed, written, published, and only then acknowledged. One
/// write is under way at a time, and what is proposed meanwhile goes out in the next; waiting for a publish, which a
/// hanging front door can delay by a lease, holds up nothing else.
/// </summary>
/// <param name="service">The service.</param>
/// <param name="store">The service's stored state, read.</param>
/// <param name="enroll">Makes the service known to the view's publisher.</param>
/// <param name="publish">Publishes a version's changes.</param>
/// <param name="failed">Told once when a write has failed; the ledger takes no more changes then.</param>
/// <param name="metrics">What is counted.</param>
internal sealed class ServiceLedger(
    string service,
    IPersistentState<ServiceState> store,
    Func<Task> enroll,
    Func<long, ImmutableArray<ViewChange>, Task> publish,
    Action<Exception> failed,
    RegistryMetrics metrics)
{
    private Batch? gathering;
    private Batch last = new();
    private bool writing;
    private Task turn = Task.CompletedTask;
    private StateNotWrittenException? failure;

    /// <summary>What the store has acknowledged.</summary>
    public ServiceState Written { get; private set; } = store.State;

    /// <summary>The entries with the changes that are yet to be written.</summary>
    public ImmutableDictionary<string, Instance> Proposed { get; private set; } = store.State.Instances;

    /// <summary>
    /// The commands applied lately. They go out with the next write, also those that changed nothing: such a one is a
    /// danger only once something else has changed.
    /// </summary>
    public AppliedOperations<bool> Applied { get; set; } = store.State.Applied;

    /// <summary>Told when a publish has failed; it stays to be done, see <see cref="Unpublished"/>.</summary>
    public Action? PublishFailed { get; set; }

    /// <summary>Whether the last write could not be published.</summary>
    public bool Unpublished => failure is null && last.Task.IsFaulted;

    /// <summary>
    /// Publishes the last write of an earlier activation again, which may have died before it did. A superset of the
    /// write's changes leads to the same version.
    /// </summary>
    public void Resume()
    {
        if (Written.Version == 0)
        {
            last.Done();
            return;
        }

        last.Version = Written.Version;
        last.Changes =
        [
            .. Written.Instances.Values.Select(entry => new ViewChange(entry.Key, entry)),
            .. Written.Purged.Select(id => new ViewChange(Instance.KeyOf(service, id), null)),
        ];
        _ = Publish(last);
    }

    /// <summary>
    /// See <see cref="IViewOwner.Report"/>. An activation that finds another's writes in the store was replaced, and steps
    /// down.
    /// </summary>
    public async Task<OwnerReport> Report()
    {
        OwnerReport? report = null;
        await InTurn(async () =>
        {
            await store.ReadStateAsync();
            report = new OwnerReport(
                store.State.Version,
                [.. store.State.Instances.Values.Select(entry => new ViewChange(entry.Key, entry))]);
            if (store.State.Version != Written.Version && failure is null)
            {
                Fail(new InvalidOperationException(
                    $"The store has version {store.State.Version}, this activation wrote {Written.Version}."));
            }
        });
        return report!;
    }

    /// <summary>Adds a change to the next write; null takes the entry away.</summary>
    public void Propose(string id, Instance? entry)
    {
        Proposed = entry is null ? Proposed.Remove(id) : Proposed.SetItem(id, entry);
        gathering ??= new Batch();
        gathering.Entries[id] = entry;
    }

    /// <summary>
    /// Completes when everything proposed so far is written and every front door acts on it, or holds no valid lease. A
    /// command that changes nothing waits for it too: what it finds in place may still be on its way.
    /// </summary>
    public Task Settle()
    {
        if (failure is not null)
        {
            return Task.FromException(failure);
        }

        if (gathering is not null)
        {
            var task = gathering.Task;
            if (!writing)
            {
                _ = WriteAll();
            }

            return task;
        }

        return last.Task.IsFaulted ? Publish(last) : last.Task;
    }

    private async Task WriteAll()
    {
        writing = true;
        try
        {
            while (gathering is not null)
            {
                await enroll();
                await InTurn(Write);
            }
        }
        catch (Exception e)
        {
            // Whatever was thrown, it is unknown what the store has now: nothing more may be built on it.
            Fail(e);
        }
        finally
        {
            writing = false;
        }
    }

    private Task InTurn(Func<Task> access)
    {
        turn = After(turn, access);
        return turn;
    }

    private static async Task After(Task before, Func<Task> access)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await access();
    }

    private async Task Write()
    {
        // What was proposed after a report found this activation replaced must not overwrite its successor's writes.
        if (failure is not null || gathering is not { } batch)
        {
            gathering = null;
            return;
        }

        gathering = null;
        last = batch;
        var next = new ServiceState
        {
            Version = Written.Version + 1,
            Instances = Proposed,
            Purged = [.. batch.Entries.Where(entry => entry.Value is null).Select(entry => entry.Key)],
            Applied = Applied,
        };
        batch.Version = next.Version;
        batch.Changes = [.. batch.Entries.Select(entry => new ViewChange(Instance.KeyOf(service, entry.Key), entry.Value))];
        store.State = next;
        await store.WriteStateAsync();
        Written = next;
        metrics.Wrote(batch.Entries.Count);
        _ = Publish(batch);
    }

    private Task Publish(Batch batch)
    {
        batch.Restart();
        _ = Send(batch);
        return batch.Task;
    }

    private async Task Send(Batch batch)
    {
        try
        {
            await publish(batch.Version, batch.Changes);
            batch.Done();
        }
        catch (Exception e)
        {
            // Told to whoever waits for the batch, now or later.
            batch.Fail(e);
            PublishFailed?.Invoke();
        }
    }

    private void Fail(Exception cause)
    {
        if (failure is not null)
        {
            return;
        }

        failure = new StateNotWrittenException($"The store did not acknowledge a change of service {service}.", cause);
        if (last.Version != Written.Version)
        {
            last.Fail(failure);
        }

        gathering?.Fail(failure);
        gathering = null;
        failed(cause);
    }

    /// <summary>Changes that go out in one write, and the promise to those who wait for it.</summary>
    private sealed class Batch
    {
        private TaskCompletionSource completion = new();

        public Dictionary<string, Instance?> Entries { get; } = [];

        public long Version { get; set; }

        public ImmutableArray<ViewChange> Changes { get; set; } = [];

        public Task Task => completion.Task;

        public void Done() => completion.TrySetResult();

        public void Fail(Exception e)
        {
            completion.TrySetException(e);

            // Nobody waits for a change made in the background; its failure is handled where it happens.
            _ = completion.Task.Exception;
        }

        /// <summary>A publish that failed is tried again for those who ask from now on.</summary>
        public void Restart()
        {
            if (completion.Task.IsFaulted)
            {
                completion = new TaskCompletionSource();
            }
        }
    }
}
