using Gatehouse.Api.Gateway.Bulkheads;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Bulkheads;

/// <summary>The adaptive limit before a made-up service, which takes longer in proportion once it is asked more than it can do.</summary>
public sealed class GradientLimitTests
{
    private const int Most = 1000;

    private readonly FakeTimeProvider time = new();
    private readonly GradientLimit limit;

    public GradientLimitTests() => limit = new GradientLimit(Most, time);

    [Fact]
    public void Limit_underLoad_comesNearWhatTheServiceCanDo()
    {
        Load(capacity: 40, seconds: 30);
        limit.Limit.ShouldBeInRange(30, 160);
    }

    [Fact]
    public void Limit_whenTheServiceSlowsDown_falls_andWhenItRecovers_rises()
    {
        Load(capacity: 100, seconds: 20);
        var before = limit.Limit;

        Load(capacity: 10, seconds: 5);
        var slow = limit.Limit;
        slow.ShouldBeLessThan(before / 2);

        Load(capacity: 200, seconds: 30);
        limit.Limit.ShouldBeGreaterThan(slow * 2);
    }

    [Fact]
    public void Limit_ofAServiceThatIsNotBusy_stays()
    {
        var before = limit.Limit;
        for (var i = 0; i < 1000; i++)
        {
            Tick(underWay: 3, TimeSpan.FromMilliseconds(i % 7 == 0 ? 50 : 5));
        }

        limit.Limit.ShouldBe(before);
    }

    [Fact]
    public void Failures_sayNothing()
    {
        Load(capacity: 40, seconds: 10);
        var before = limit.Limit;

        for (var i = 0; i < 5000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            limit.Record(TimeSpan.FromMicroseconds(1), CallOutcome.Failure, before);
        }

        limit.Limit.ShouldBe(before);
    }

    [Fact]
    public void Record_byManyThreads_updatesOnceAWindow()
    {
        var alone = new GradientLimit(Most, time);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            var (one, many) = (alone.Limit, limit.Limit);
            for (var record = 0; record < 500; record++)
            {
                alone.Record(TimeSpan.FromMilliseconds(10), CallOutcome.Success, one);
            }

            Parallel.For(0, 500, _ => limit.Record(TimeSpan.FromMilliseconds(10), CallOutcome.Success, many));
        }

        alone.Limit.ShouldBeGreaterThan(100);
        limit.Limit.ShouldBe(alone.Limit);
    }

    // As many clients as the limit lets through, all the time.
    private void Load(int capacity, int seconds)
    {
        for (var i = 0; i < seconds * 100; i++)
        {
            var underWay = limit.Limit;
            Tick(underWay, TimeSpan.FromMilliseconds(10) * Math.Max(1, (double)underWay / capacity));
        }
    }

    private void Tick(int underWay, TimeSpan latency)
    {
        time.Advance(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 5; i++)
        {
            limit.Record(latency, CallOutcome.Success, underWay);
        }
    }
}
