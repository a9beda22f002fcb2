using System.Collections.Immutable;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// Sends one shard its reports, in order and one at a time, and keeps them until the shard has them in its store: an
/// activation that takes over asks for those that its predecessor did not write.
/// </summary>
/// <param name="frontDoor">This process.</param>
/// <param name="send">Sends a report.</param>
/// <param name="time">The clock.</param>
internal sealed class ShardReporter(Guid frontDoor, Func<TrafficReport, Task<TrafficAck>> send, TimeProvider time)
{
    /// <summary>How many reports are kept for a shard that cannot be reached; about as many seconds.</summary>
    public const int MaxKept = 150;

    private readonly Queue<Kept> kept = [];
    private readonly Lock access = new();
    private long last;
    private long next = 1;
    private int sending;

    /// <summary>Reports given up because the shard could not be reached for too long.</summary>
    public long Dropped { get; private set; }

    /// <summary>Reports kept.</summary>
    public int Count
    {
        get
        {
            lock (access)
            {
                return kept.Count;
            }
        }
    }

    /// <summary>Adds a report of now.</summary>
    public void Add(ImmutableArray<SeriesReport> series)
    {
        lock (access)
        {
            kept.Enqueue(new Kept(++last, time.GetTimestamp(), series));
            if (kept.Count > MaxKept)
            {
                kept.Dequeue();
                Dropped++;
            }
        }
    }

    /// <summary>Sends what has not been sent; does nothing while that is under way.</summary>
    public async Task Flush()
    {
        if (Interlocked.Exchange(ref sending, 1) == 1)
        {
            return;
        }

        try
        {
            // A shard that refuses the very report it asks for is asked again with the next round, not at once.
            var goesOn = true;
            while (goesOn && Next() is { } report)
            {
                goesOn = Acknowledge(report, await send(report));
            }
        }
        finally
        {
            Volatile.Write(ref sending, 0);
        }
    }

    private TrafficReport? Next()
    {
        lock (access)
        {
            if (kept.Count == 0 || next > last)
            {
                return null;
            }

            var oldest = kept.Peek().Sequence;
            next = Math.Max(next, oldest);
            var one = kept.ElementAt((int)(next - oldest));
            return new TrafficReport(frontDoor, one.Sequence, oldest, time.GetElapsedTime(one.MadeAt), one.Series);
        }
    }

    private bool Acknowledge(TrafficReport report, TrafficAck ack)
    {
        lock (access)
        {
            while (kept.Count > 0 && kept.Peek().Sequence <= ack.Durable)
            {
                kept.Dequeue();
            }

            // An activation that knows less than was sent wants that again; one that took the report, the next.
            next = ack.Applied >= report.Sequence ? report.Sequence + 1 : ack.Applied + 1;
            return next != report.Sequence;
        }
    }

    private sealed record Kept(long Sequence, long MadeAt, ImmutableArray<SeriesReport> Series);
}
