using Gatehouse.Api.Gateway.Balancing;
using Microsoft.Extensions.Time.Testing;
using static Gatehouse.Api.Tests.Gateway.Balancing.Picks;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class WeightedResponseTimeTests
{
    private readonly Dictionary<string, (long Calls, long Microseconds)> figures = [];
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Weight_is_the_sum_of_all_response_times_without_its_own()
    {
        // 10, 20 and 70 ms: weights 90, 80 and 30 of 200.
        Answer("0", 10_000);
        Answer("1", 20_000);
        Answer("2", 70_000);

        var counts = Count(Balancer(), Service(3), 20_000);

        counts["0"].ShouldBeInRange(8_700, 9_300);
        counts["1"].ShouldBeInRange(7_700, 8_300);
        counts["2"].ShouldBeInRange(2_750, 3_250);
    }

    [Fact]
    public void Without_response_times_they_take_turns() =>
        Count(Balancer(), Service(4), 400).Values.ShouldAllBe(count => count == 100);

    [Fact]
    public void One_alone_takes_all()
    {
        Answer("0", 10_000);

        Count(Balancer(), Service(1), 10)["0"].ShouldBe(10);
    }

    [Fact]
    public void One_that_gets_slow_gets_less_and_is_tried_again_in_time()
    {
        var service = Service(2);
        var balancer = Balancer();
        Answer("0", 10_000);
        Answer("1", 10_000);
        Count(balancer, service, 2_000)["1"].ShouldBeInRange(850, 1_150);

        for (var second = 0; second < 30; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Answer("0", 10_000);
            Answer("1", 990_000);
            Count(balancer, service, 1);
        }

        Count(balancer, service, 2_000).GetValueOrDefault("1").ShouldBeLessThan(80);

        for (var second = 0; second < 60; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Answer("0", 10_000);
            Count(balancer, service, 1);
        }

        Count(balancer, service, 2_000)["1"].ShouldBeGreaterThan(800);
    }

    private WeightedResponseTime Balancer() =>
        new(key => figures.GetValueOrDefault(key), time, Seeded);

    private void Answer(string id, long microseconds)
    {
        var (calls, sum) = figures.GetValueOrDefault($"BOOKS/{id}");
        figures[$"BOOKS/{id}"] = (calls + 10, sum + (10 * microseconds));
    }
}
