using System.Collections.Immutable;

namespace Gatehouse.Grains.Views;

/// <summary>Who may hold a lease, as the store has it: a successor waits for these and for nobody else.</summary>
internal sealed partial class ViewPublisherGrain
{
    private readonly SemaphoreSlim epochLock = new(1, 1);

    // Those that are certainly written: out of it before a write that removes them, in it after a write that adds them.
    private ImmutableHashSet<Guid> leasable = [];

    private async Task Enter(Guid replica)
    {
        while (!leasable.Contains(replica))
        {
            await Write(state => state with { Replicas = state.Replicas.Add(replica) });
        }
    }

    /// <summary>Strikes out those that have stopped or have been away for long.</summary>
    private Task StrikeOut() => Write(state => state with
    {
        Replicas = state.Replicas.Intersect(state.Replicas.Where(publication.Knows)),
        AllReplicas = state.AllReplicas || publication.KnowsAll,
    });

    private async Task Write(Func<EpochState, EpochState> change)
    {
        await epochLock.WaitAsync(CancellationToken.None);
        try
        {
            var before = epoch.State;
            if (before.Epoch != term)
            {
                Stop();
                throw new NotPublisherException();
            }

            var after = change(before);
            if (after.AllReplicas != before.AllReplicas || !after.Replicas.SetEquals(before.Replicas))
            {
                leasable = leasable.Intersect(after.Replicas);
                await Write(before, after);
            }

            leasable = epoch.State.Replicas;
        }
        finally
        {
            epochLock.Release();
        }
    }

    private async Task Write(EpochState before, EpochState after)
    {
        epoch.State = after;
        try
        {
            await epoch.WriteStateAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // A successor has written, or the outcome is unknown: what the store has is read again.
            epoch.State = before;
            await epoch.ReadStateAsync(CancellationToken.None);
            throw new NotPublisherException("The replica could not be recorded; try again.", e);
        }
    }
}
