using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Bulkheads;

/// <summary>The places of a route's requests that are under way at a time, and the queue of those that wait for one, in order.</summary>
internal sealed class Bulkhead(RouteBulkhead rules, TimeProvider time)
{
    private readonly GradientLimit? adaptive = rules.Adaptive ? new GradientLimit(rules.Concurrent, time) : null;
    private readonly LinkedList<TaskCompletionSource> queue = [];
    private readonly Lock gate = new();
    private int underWay;
    private int waiting;

    /// <summary>How many are under way.</summary>
    public int UnderWay => Volatile.Read(ref underWay);

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Whether how many may be under way is found out as it goes.</summary>
    public bool IsAdaptive => adaptive is not null;

    /// <summary>How many may be under way.</summary>
    public int Limit => adaptive?.Limit ?? rules.Concurrent;

    /// <summary>The time, for who takes a place; zero where nobody asks how long it is held.</summary>
    public long Now => adaptive is null ? 0 : time.GetTimestamp();

    /// <summary>Takes a place, if one is free and nobody waits for it.</summary>
    public bool TryEnter() => Waiting == 0 && TryTake();

    /// <summary>Waits for a place; false when the queue is full, or none became free in time.</summary>
    /// <param name="most">How long.</param>
    /// <param name="aborted">The client has gone.</param>
    public async ValueTask<bool> Enter(TimeSpan most, CancellationToken aborted)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (gate)
        {
            if (queue.Count >= rules.Queue)
            {
                return false;
            }

            place = queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Interlocked.Increment(ref waiting);
        }

        // One that left in between has not seen that somebody waits.
        Admit();
        try
        {
            await place.Value.Task.WaitAsync(most, time, aborted);
            return true;
        }
        catch (TimeoutException) when (TryGiveUp(place))
        {
            return false;
        }
        catch (TimeoutException)
        {
            // It was admitted at the last moment.
            return true;
        }
        catch (OperationCanceledException)
        {
            if (!TryGiveUp(place))
            {
                Leave();
            }

            throw;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref underWay);
        if (Waiting > 0)
        {
            Admit();
        }
    }

    /// <summary>Gives a place back, and tells how the request went.</summary>
    /// <param name="since">When it was taken: what a request waited before that is not the service's doing.</param>
    /// <param name="outcome">How the request ended.</param>
    public void Leave(long since, CallOutcome outcome)
    {
        adaptive?.Record(time.GetElapsedTime(since), outcome, UnderWay);
        Leave();
    }

    private bool TryTake()
    {
        var limit = Limit;
        var seen = UnderWay;
        while (seen < limit)
        {
            var before = Interlocked.CompareExchange(ref underWay, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private void Admit()
    {
        lock (gate)
        {
            while (queue.First is { } first && TryTake())
            {
                queue.RemoveFirst();
                Interlocked.Decrement(ref waiting);
                first.Value.SetResult();
            }
        }
    }

    private bool TryGiveUp(LinkedListNode<TaskCompletionSource> place)
    {
        lock (gate)
        {
            if (place.List is null)
            {
                return false;
            }

            queue.Remove(place);
            Interlocked.Decrement(ref waiting);
            return true;
        }
    }
}
