using Gatehouse.Api.Gateway.Balancing;
using Microsoft.Extensions.Time.Testing;
using static Gatehouse.Api.Tests.Gateway.Balancing.Picks;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class SlowStartTests
{
    private const int Calls = 20_000;

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.1667)]
    [InlineData(15, 0.5)]
    [InlineData(27, 0.9)]
    [InlineData(30, 1)]
    [InlineData(300, 1)]
    public void New_instance_gets_the_part_of_its_share_that_its_time_has_come_to(int seconds, double part)
    {
        var now = time.GetUtcNow();
        var service = Make.Service(
            Make.Entry("old", upSince: now - TimeSpan.FromHours(1)),
            Make.Entry("older", upSince: now - TimeSpan.FromHours(2)),
            Make.Entry("new", upSince: now));
        var balancer = Balancer();
        time.Advance(TimeSpan.FromSeconds(seconds));

        var counts = Count(balancer, service, Calls);

        ((double)counts["new"] / Calls).ShouldBe(part / 3, tolerance: 0.012);
        Math.Abs(counts["old"] - counts["older"]).ShouldBeLessThan(500);
    }

    [Fact]
    public void Instances_that_have_all_come_up_at_once_share_evenly()
    {
        var now = time.GetUtcNow();
        var service = Make.Service(Make.Entry("1", upSince: now), Make.Entry("2", upSince: now));

        Count(Balancer(), service, 100)["1"].ShouldBe(50);
    }

    [Fact]
    public void One_that_has_grown_takes_what_the_next_does_not()
    {
        var now = time.GetUtcNow();
        var service = Make.Service(Make.Entry("1", upSince: now), Make.Entry("2", upSince: now + TimeSpan.FromSeconds(20)));
        var balancer = Balancer();
        time.Advance(TimeSpan.FromSeconds(25));
        Count(balancer, service, 100)["1"].ShouldBe(50);

        time.Advance(TimeSpan.FromSeconds(5));

        ((double)Count(balancer, service, Calls)["2"] / Calls).ShouldBe(0.5 / 3, tolerance: 0.012);
    }

    private SlowStart Balancer() =>
        new(new RoundRobin(Seeded), new RoundRobin(Seeded), TimeSpan.FromSeconds(30), time, Seeded);
}
