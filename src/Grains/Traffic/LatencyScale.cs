using System.Numerics;

namespace Gatehouse.Grains.Traffic;

/// <summary>
/// The buckets of latency histograms, in microseconds: single ones below 16, then sixteen to each power of two, so that
/// a value is known to within 1/16 over ten orders of magnitude, and histograms of any two processes merge by adding.
/// </summary>
public static class LatencyScale
{
    /// <summary>The number of buckets.</summary>
    public const int Buckets = (MaxExponent - LinearExponent + 2) * PerPower;

    /// <summary>The longest latency told apart, about 19 hours; longer ones count as this.</summary>
    public const long MaxMicroseconds = (1L << (MaxExponent + 1)) - 1;

    /// <summary>The buckets of one power of two.</summary>
    public const int PerPower = 1 << LinearExponent;

    private const int LinearExponent = 4;
    private const int MaxExponent = 35;

    /// <summary>The bucket of a latency.</summary>
    public static int IndexOf(long microseconds)
    {
        if (microseconds < PerPower)
        {
            return (int)Math.Max(0, microseconds);
        }

        var value = Math.Min(microseconds, MaxMicroseconds);
        var exponent = BitOperations.Log2((ulong)value);
        return ((exponent - LinearExponent) * PerPower) + (int)(value >> (exponent - LinearExponent));
    }

    /// <summary>The first latency of a bucket.</summary>
    public static long StartOf(int index)
    {
        if (index < PerPower)
        {
            return index;
        }

        var power = (index / PerPower) - 1;
        return (long)(PerPower + (index % PerPower)) << power;
    }

    /// <summary>The latency that stands for a bucket: its middle.</summary>
    public static double MiddleOf(int index) => (StartOf(index) + StartOf(index + 1) - 1) / 2.0;
}
