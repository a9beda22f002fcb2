using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>A histogram that is added to. It holds the range of buckets in use, which latencies keep narrow. Not thread-safe.</summary>
public sealed class LatencyCounts
{
    private int first;
    private long[] counts = [];

    /// <summary>All calls.</summary>
    public long Total { get; private set; }

    /// <summary>Adds calls to a bucket.</summary>
    public void Add(int bucket, long calls)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)bucket, (uint)LatencyScale.Buckets);
        if (calls != 0)
        {
            Cover(bucket, bucket);
            counts[bucket - first] += calls;
            Total += calls;
        }
    }

    /// <summary>Adds a histogram.</summary>
    public void Add(LatencyHistogram other) => Add(other.First, other.Counts.AsSpan());

    /// <summary>Adds a histogram.</summary>
    public void Add(LatencyCounts other) => Add(other.first, other.counts);

    /// <summary>The latency in microseconds that a share of the calls does not exceed; 0 without calls.</summary>
    /// <param name="share">The share, such as 0.99.</param>
    public double Percentile(double share)
    {
        var left = Math.Clamp((long)Math.Ceiling(share * Total), 1, Math.Max(1, Total));
        for (var i = 0; i < counts.Length; i++)
        {
            left -= counts[i];
            if (left <= 0)
            {
                return LatencyScale.MiddleOf(first + i);
            }
        }

        return 0;
    }

    /// <summary>The calls that took less than a latency; exact at the start of a bucket, such as a power of two.</summary>
    public long Below(long microseconds)
    {
        var end = Math.Clamp(LatencyScale.IndexOf(microseconds) - first, 0, counts.Length);
        var sum = 0L;
        foreach (var calls in counts.AsSpan(0, end))
        {
            sum += calls;
        }

        return sum;
    }

    /// <summary>What it holds now.</summary>
    public LatencyHistogram ToHistogram()
    {
        var start = Array.FindIndex(counts, calls => calls != 0);
        if (start < 0)
        {
            return LatencyHistogram.Empty;
        }

        var end = Array.FindLastIndex(counts, calls => calls != 0) + 1;
        return new LatencyHistogram(first + start, ImmutableArray.Create(counts, start, end - start));
    }

    private void Add(int from, ReadOnlySpan<long> others)
    {
        if (others.IsEmpty)
        {
            return;
        }

        // What came over the network may be of another version, or anything.
        if (from < 0 || others.Length > LatencyScale.Buckets - from)
        {
            throw new ArgumentOutOfRangeException(nameof(from), from, "The histogram is of another scale.");
        }

        Cover(from, from + others.Length - 1);
        for (var i = 0; i < others.Length; i++)
        {
            counts[from - first + i] += others[i];
            Total += others[i];
        }
    }

    private void Cover(int low, int high)
    {
        if (counts.Length > 0 && low >= first && high < first + counts.Length)
        {
            return;
        }

        // By whole powers of two, so that it grows a few times and not with every new bucket.
        var start = Math.Min(low, counts.Length == 0 ? low : first) / LatencyScale.PerPower * LatencyScale.PerPower;
        var last = Math.Max(high, first + counts.Length - 1);
        var end = Math.Min(LatencyScale.Buckets, ((last / LatencyScale.PerPower) + 1) * LatencyScale.PerPower);
        var wider = new long[end - start];
        counts.CopyTo(wider, counts.Length == 0 ? 0 : first - start);
        counts = wider;
        first = start;
    }
}
