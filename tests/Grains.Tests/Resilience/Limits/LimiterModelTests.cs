using CsCheck;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Grains.Tests.Resilience.Limits;

/// <summary>Never more than the limit, whatever gets lost, dies or comes late; and close to it when all is well.</summary>
public sealed class LimiterModelTests
{
    private const int Steps = 1500;

    [Fact]
    public void Sliding_window_has_no_window_with_more_than_the_permits() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 3], Gen.Int).Sample(
            (permits, seconds, seed) =>
            {
                var rule = new LimitRule(LimitAlgorithm.SlidingWindow, permits, TimeSpan.FromSeconds(seconds), 0);
                var uses = Run(rule, seed);
                for (var i = permits; i < uses.Count; i++)
                {
                    (uses[i] - uses[i - permits]).ShouldBeGreaterThanOrEqualTo(rule.Per);
                }
            },
            iter: 200);

    [Fact]
    public void Token_bucket_admits_no_more_than_the_burst_and_what_flows_in() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 100], Gen.Int).Sample(
            (permits, burst, seed) =>
            {
                var rule = new LimitRule(LimitAlgorithm.TokenBucket, permits, TimeSpan.FromSeconds(1), burst);
                var uses = Run(rule, seed);

                // The bucket that is filled exactly, and never below zero, admits every one of them.
                var tokens = (double)burst;
                var last = LimiterBook.ClockStart;
                foreach (var use in uses)
                {
                    tokens = Math.Min(burst, tokens + ((use - last).TotalSeconds * permits)) - 1;
                    last = use;
                    tokens.ShouldBeGreaterThan(-1e-6);
                }
            },
            iter: 200);

    [Theory]
    [InlineData(LimitAlgorithm.SlidingWindow)]
    [InlineData(LimitAlgorithm.TokenBucket)]
    public void Whoever_asks_all_the_time_gets_at_least_95_percent(LimitAlgorithm algorithm)
    {
        var rule = new LimitRule(algorithm, 1000, TimeSpan.FromSeconds(1), 1);
        var book = new LimiterBook(1, LimiterLegacy.None, LimiterBook.ClockStart);
        var door = Guid.NewGuid();
        var reports = new List<LeaseReport>();
        var used = 0;
        var sequence = 0;
        for (var at = TimeSpan.Zero; at < TimeSpan.FromSeconds(10); at += TimeSpan.FromMilliseconds(5))
        {
            var ask = new LimitAsk("k", rule with { Burst = 100 }, [.. reports], 25, 25);
            var grant = book.Exchange(new LimitExchange(door, ++sequence, [ask]), LimiterBook.ClockStart + at).Grants[0];
            reports.Clear();
            if (grant.Permits > 0)
            {
                used += grant.Permits;
                reports.Add(new LeaseReport(1, grant.Lease, grant.Permits, TimeSpan.FromMilliseconds(5), Closed: true));
            }
        }

        used.ShouldBeInRange(9_500, algorithm == LimitAlgorithm.SlidingWindow ? 10_000 : 10_100);
    }

    private static List<TimeSpan> Run(LimitRule rule, int seed)
    {
        var world = new LimiterWorld(rule, new Random(seed), doors: 3);
        for (var i = 0; i < Steps; i++)
        {
            world.Step();
        }

        return world.Uses;
    }
}
