using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>
/// The heartbeats of one service: while a batch is on its way to the service's grain, further ones gather for the next.
/// An idle service's heartbeat goes at once, and the busier it is the larger its batches. Each batch takes its turn in
/// the queue: a grain in this process answers so fast that else no second heartbeat would ever join the first, while
/// behind the requests that are ready to run it meets all of theirs.
/// </summary>
/// <param name="send">Sends a batch and brings its outcomes, in order.</param>
/// <param name="queue">Runs the item after what is ready to run.</param>
internal sealed class ServiceBeats(
    Func<ImmutableArray<Heartbeat>, ValueTask<ImmutableArray<BeatOutcome>>> send,
    Action<IThreadPoolWorkItem> queue) : IThreadPoolWorkItem
{
    /// <summary>The largest batch.</summary>
    internal const int BatchLimit = 512;

    private readonly Stack<PendingBeat> pool = new();
    private readonly Lock gate = new();
    private readonly Queue<PendingBeat> waiting = new();
    private bool sending;

    /// <summary>Passes a heartbeat on.</summary>
    public ValueTask<BeatOutcome> Beat(Heartbeat beat)
    {
        PendingBeat pending;
        lock (pool)
        {
            pending = PendingBeat.Rent(pool, beat);
        }

        var outcome = pending.Outcome;
        lock (gate)
        {
            waiting.Enqueue(pending);
            if (sending)
            {
                return outcome;
            }

            sending = true;
        }

        queue(this);
        return outcome;
    }

    /// <summary>Sends the next batch, if any, and takes a turn for the one after it.</summary>
    public void Execute() => _ = SendNext();

    private async Task SendNext()
    {
        if (Take() is { Length: > 0 } batch)
        {
            await Send(batch);
            queue(this);
        }
    }

    private PendingBeat[] Take()
    {
        lock (gate)
        {
            var batch = new PendingBeat[Math.Min(waiting.Count, BatchLimit)];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = waiting.Dequeue();
            }

            sending = batch.Length > 0;
            return batch;
        }
    }

    private async Task Send(PendingBeat[] batch)
    {
        try
        {
            var beats = new Heartbeat[batch.Length];
            for (var i = 0; i < batch.Length; i++)
            {
                beats[i] = batch[i].Beat;
            }

            var outcomes = await send(ImmutableCollectionsMarshal.AsImmutableArray(beats));
            if (outcomes.Length != batch.Length)
            {
                throw new InvalidOperationException($"{batch.Length} heartbeats got {outcomes.Length} outcomes.");
            }

            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].Complete(outcomes[i]);
            }
        }
        catch (Exception e)
        {
            // Whatever it is, it is told to each who waits: the batch must not hang, and the next must go.
            foreach (var pending in batch)
            {
                pending.Fail(e);
            }
        }
    }
}
