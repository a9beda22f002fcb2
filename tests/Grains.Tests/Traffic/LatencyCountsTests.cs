using CsCheck;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Grains.Tests.Traffic;

public sealed class LatencyCountsTests
{
    private static readonly Gen<long[]> Latencies = Gen.Int[0, 30].SelectMany(power => Gen.Long[0, 1L << power]).Array[1, 200];

    [Fact]
    public void Percentile_isThatOfTheSortedLatencies_withinASixteenth()
    {
        Gen.Select(Latencies, Gen.Double[0.01, 1]).Sample((latencies, share) =>
        {
            var counts = Of(latencies);

            var exact = latencies.Order().ElementAt(Math.Max(1, (int)Math.Ceiling(share * latencies.Length)) - 1);
            counts.Percentile(share).ShouldBe(exact, Math.Max(1, exact / 16.0));
        });
    }

    [Fact]
    public void Add_histograms_isTheSameInAnyOrderAndAsOne()
    {
        Gen.Select(Latencies, Latencies, Latencies).Sample((a, b, c) =>
        {
            var whole = Of([.. a, .. b, .. c]).ToHistogram();
            var merged = new LatencyCounts();
            foreach (var part in new[] { c, a, b })
            {
                merged.Add(Of(part).ToHistogram());
            }

            var left = Of(a);
            left.Add(Of(b));
            left.Add(Of(c));
            Same(merged.ToHistogram(), whole);
            Same(left.ToHistogram(), whole);
            merged.Total.ShouldBe(a.Length + b.Length + c.Length);
        });
    }

    [Fact]
    public void Below_powerOfTwo_isExact()
    {
        Gen.Select(Latencies, Gen.Int[0, 30]).Sample((latencies, power) =>
            Of(latencies).Below(1L << power).ShouldBe(latencies.Count(latency => latency < 1L << power)));
    }

    [Fact]
    public void Percentile_withoutCalls_isZero() => new LatencyCounts().Percentile(0.99).ShouldBe(0);

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(LatencyScale.Buckets - 1, 2)]
    [InlineData(int.MaxValue, 1)]
    public void Add_histogramOfAnotherScale_isRefused(int first, int length)
    {
        var alien = new LatencyHistogram(first, [.. Enumerable.Repeat(1L, length)]);

        Should.Throw<ArgumentOutOfRangeException>(() => new LatencyCounts().Add(alien));
    }

    private static LatencyCounts Of(long[] latencies)
    {
        var counts = new LatencyCounts();
        foreach (var latency in latencies)
        {
            counts.Add(LatencyScale.IndexOf(latency), 1);
        }

        return counts;
    }

    private static void Same(LatencyHistogram one, LatencyHistogram other)
    {
        one.First.ShouldBe(other.First);
        one.Counts.ShouldBe(other.Counts);
    }
}
