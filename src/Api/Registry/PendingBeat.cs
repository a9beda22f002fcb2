using System.Threading.Tasks.Sources;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>A heartbeat that waits for its outcome. Pooled: at tens of thousands a second, tasks would be most of the cost.</summary>
internal sealed class PendingBeat : IValueTaskSource<BeatOutcome>
{
    // Continuations are handlers that write a response; run inline they would hold up their batch one after another.
    private ManualResetValueTaskSourceCore<BeatOutcome> core = new() { RunContinuationsAsynchronously = true };
    private Stack<PendingBeat>? pool;

    private PendingBeat()
    {
    }

    public Heartbeat Beat { get; private set; }

    public ValueTask<BeatOutcome> Outcome => new(this, core.Version);

    /// <summary>Takes one from the pool, which the caller has locked.</summary>
    public static PendingBeat Rent(Stack<PendingBeat> pool, Heartbeat beat)
    {
        var pending = pool.TryPop(out var pooled) ? pooled : new PendingBeat { pool = pool };
        pending.Beat = beat;
        return pending;
    }

    public void Complete(BeatOutcome outcome) => core.SetResult(outcome);

    public void Fail(Exception exception) => core.SetException(exception);

    public BeatOutcome GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            core.Reset();
            lock (pool!)
            {
                pool.Push(this);
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
