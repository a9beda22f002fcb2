using CsCheck;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Grains.Tests.Traffic;

public sealed class LatencyScaleTests
{
    [Fact]
    public void IndexOf_any_latency_isInItsBucketWithinASixteenth()
    {
        Gen.Int[0, 35].SelectMany(power => Gen.Long[0, (2L << power) - 1]).Sample(micros =>
        {
            var index = LatencyScale.IndexOf(micros);

            index.ShouldBeInRange(0, LatencyScale.Buckets - 1);
            micros.ShouldBeInRange(LatencyScale.StartOf(index), LatencyScale.StartOf(index + 1) - 1);
            Math.Abs(LatencyScale.MiddleOf(index) - micros).ShouldBeLessThanOrEqualTo(Math.Max(1, micros / 16.0));
        });
    }

    [Fact]
    public void StartOf_every_bucket_isItsOwnIndex()
    {
        for (var i = 0; i < LatencyScale.Buckets; i++)
        {
            LatencyScale.IndexOf(LatencyScale.StartOf(i)).ShouldBe(i);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(LatencyScale.MaxMicroseconds)]
    [InlineData(LatencyScale.MaxMicroseconds + 1)]
    public void IndexOf_hugeLatency_isTheLastBucket(long micros) => LatencyScale.IndexOf(micros).ShouldBe(LatencyScale.Buckets - 1);

    [Fact]
    public void IndexOf_negative_isTheFirstBucket() => LatencyScale.IndexOf(-5).ShouldBe(0);
}
