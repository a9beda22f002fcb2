using System.Runtime.InteropServices;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// One core's part of a series: requests on other cores write to cache lines of their own. Octaves of the histogram are
/// made when a latency first falls into them.
/// </summary>
internal sealed class SeriesStripe
{
    private const int PerPower = LatencyScale.PerPower;

    private readonly long[]?[] powers = new long[LatencyScale.Buckets / PerPower][];
    private readonly long[] outcomes = new long[CallOutcomes.Count];
    private Figures figures;

    public long Entered => Volatile.Read(ref figures.Entered);

    public long Left => Volatile.Read(ref figures.Left);

    public void Enter() => Interlocked.Increment(ref figures.Entered);

    public void Leave() => Interlocked.Increment(ref figures.Left);

    public void Record(long microseconds, CallOutcome outcome, long bytesIn, long bytesOut)
    {
        var bucket = LatencyScale.IndexOf(microseconds);
        var power = powers[bucket / PerPower] ?? Make(bucket / PerPower);
        Interlocked.Increment(ref power[bucket % PerPower]);
        Interlocked.Add(ref figures.SumMicroseconds, microseconds);
        if (outcome != CallOutcome.Success)
        {
            Interlocked.Increment(ref outcomes[(int)outcome]);
        }

        if (bytesIn != 0)
        {
            Interlocked.Add(ref figures.BytesIn, bytesIn);
        }

        if (bytesOut != 0)
        {
            Interlocked.Add(ref figures.BytesOut, bytesOut);
        }

        RaiseMax(microseconds);
    }

    /// <summary>Moves what was recorded since the last time into a sum. One caller at a time; requests go on recording.</summary>
    public void Drain(TrafficSum into)
    {
        // Before the calls: what ended in an error is then never without its call.
        for (var i = 1; i < outcomes.Length; i++)
        {
            into.AddOutcome((CallOutcome)i, Take(ref outcomes[i]));
        }

        for (var power = 0; power < powers.Length; power++)
        {
            if (powers[power] is { } buckets)
            {
                for (var i = 0; i < buckets.Length; i++)
                {
                    into.Latency.Add((power * PerPower) + i, Take(ref buckets[i]));
                }
            }
        }

        into.AddFigures(
            Take(ref figures.SumMicroseconds), Take(ref figures.MaxMicroseconds), Take(ref figures.BytesIn), Take(ref figures.BytesOut));
    }

    private static long Take(ref long place) => Volatile.Read(ref place) == 0 ? 0 : Interlocked.Exchange(ref place, 0);

    private long[] Make(int power)
    {
        var made = new long[PerPower];
        return Interlocked.CompareExchange(ref powers[power], made, null) ?? made;
    }

    private void RaiseMax(long microseconds)
    {
        var max = Volatile.Read(ref figures.MaxMicroseconds);
        while (microseconds > max)
        {
            var seen = Interlocked.CompareExchange(ref figures.MaxMicroseconds, microseconds, max);
            if (seen == max)
            {
                return;
            }

            max = seen;
        }
    }

    // Its cache lines are nobody else's.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Figures
    {
        [FieldOffset(64)] public long SumMicroseconds;
        [FieldOffset(72)] public long MaxMicroseconds;
        [FieldOffset(80)] public long BytesIn;
        [FieldOffset(88)] public long BytesOut;
        [FieldOffset(96)] public long Entered;
        [FieldOffset(104)] public long Left;
    }
}
