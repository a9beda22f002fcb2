namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>
/// How many calls there were, and how many of them failed, within the last span of time. Counted in slices of a tenth, without
/// a lock: a slice is an object that is replaced whole when its time has passed.
/// </summary>
/// <param name="span">The span of time.</param>
/// <param name="time">The clock.</param>
internal sealed class CallWindow(TimeSpan span, TimeProvider time)
{
    private const int Slices = 10;

    private readonly long length = Math.Max(1, (long)(span.TotalSeconds * time.TimestampFrequency / Slices));
    private readonly Slice?[] slices = new Slice?[Slices];

    /// <summary>Counts a call that went well.</summary>
    public void Succeeded() => Current().Add(failed: false);

    /// <summary>Counts a call that failed.</summary>
    public void Failed() => Current().Add(failed: true);

    /// <summary>What was counted within the span.</summary>
    public (int Calls, int Failures) Count()
    {
        var oldest = (time.GetTimestamp() / length) - Slices;
        var (calls, failures) = (0, 0);
        for (var i = 0; i < Slices; i++)
        {
            if (Volatile.Read(ref slices[i]) is { } slice && slice.Number > oldest)
            {
                failures += slice.Failures;
                calls += slice.Calls;
            }
        }

        return (calls, failures);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        for (var i = 0; i < Slices; i++)
        {
            Volatile.Write(ref slices[i], null);
        }
    }

    private Slice Current()
    {
        var number = time.GetTimestamp() / length;
        ref var place = ref slices[number % Slices];
        while (true)
        {
            var slice = Volatile.Read(ref place);
            // A later one: this thread was held up since it looked at the clock.
            if (slice is not null && slice.Number >= number)
            {
                return slice;
            }

            var next = new Slice(number);
            if (Interlocked.CompareExchange(ref place, next, slice) == slice)
            {
                return next;
            }
        }
    }

    private sealed class Slice(long number)
    {
        private int calls;
        private int failures;

        public long Number => number;

        public int Calls => Volatile.Read(ref calls);

        public int Failures => Volatile.Read(ref failures);

        public void Add(bool failed)
        {
            Interlocked.Increment(ref calls);
            if (failed)
            {
                Interlocked.Increment(ref failures);
            }
        }
    }
}
