using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>
/// How long a service lately took until its responses began, over the last ten to twenty seconds. Recording takes no
/// lock; what is recorded while a half of the time ends may count for either.
/// </summary>
internal sealed class RecentLatency(TimeProvider time)
{
    /// <summary>The fewest responses that a percentile is told of.</summary>
    public const int MinSamples = 20;

    private static readonly TimeSpan Half = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private long began = time.GetTimestamp();
    private long[] current = new long[LatencyScale.Buckets];
    private long[] previous = new long[LatencyScale.Buckets];
    private volatile Reading? last;

    /// <summary>Records how long an attempt took, or was waited for until it was given up.</summary>
    public void Record(TimeSpan took) =>
        Interlocked.Increment(ref Volatile.Read(ref current)[LatencyScale.IndexOf((long)took.TotalMicroseconds)]);

    /// <summary>A percentile, worked out anew ten times a second; null while there is too little to tell.</summary>
    /// <param name="percentile">Above 0 to 100.</param>
    public TimeSpan? Percentile(double percentile)
    {
        var now = time.GetTimestamp();
        if (last is { } reading && reading.Percentile.CompareTo(percentile) == 0 && time.GetElapsedTime(reading.At, now) < Fresh)
        {
            return reading.Value;
        }

        lock (gate)
        {
            Turn(now);
            var value = Read(percentile);
            last = new Reading(percentile, now, value);
            return value;
        }
    }

    // Holds the gate.
    private void Turn(long now)
    {
        var passed = time.GetElapsedTime(began, now);
        if (passed < Half)
        {
            return;
        }

        previous = passed < Half * 2 ? current : new long[LatencyScale.Buckets];
        Volatile.Write(ref current, new long[LatencyScale.Buckets]);
        began = now;
    }

    // Holds the gate.
    private TimeSpan? Read(double percentile)
    {
        var all = current.Sum() + previous.Sum();
        if (all < MinSamples)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(all * percentile / 100);
        var (bucket, seen) = (0, current[0] + previous[0]);
        while (seen < rank && bucket < LatencyScale.Buckets - 1)
        {
            bucket++;
            seen += current[bucket] + previous[bucket];
        }

        return TimeSpan.FromMicroseconds(LatencyScale.StartOf(bucket + 1));
    }

    private sealed record Reading(double Percentile, long At, TimeSpan? Value);
}
