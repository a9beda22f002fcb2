using CsCheck;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;
using static Gatehouse.Api.Tests.Gateway.Balancing.Picks;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class ZoneAwareTests
{
    [Fact]
    public void Stays_in_the_zone_while_all_of_it_takes_calls()
    {
        var balancer = new ZoneAware("a", 50, Seeded, Make.BalanceMetrics);

        Count(balancer, Make.Service(Make.Entry("1", zone: "a"), Make.Entry("2", zone: "b"), Make.Entry("3", zone: "a")), 10)
            .ShouldBe(new Dictionary<string, int> { ["1"] = 5, ["3"] = 5 }, ignoreOrder: true);
        Count(balancer, Make.Service(Make.Entry("2", zone: "b"), Make.Entry("4", zone: "c")), 10)
            .ShouldBe(new Dictionary<string, int> { ["2"] = 5, ["4"] = 5 }, ignoreOrder: true);
    }

    [Fact]
    public void Without_a_zone_takes_all() =>
        Count(new ZoneAware("", 50, Seeded, Make.BalanceMetrics), Make.Service(Make.Entry("1", zone: "a"), Make.Entry("2")), 10).Count.ShouldBe(2);

    [Fact]
    public void Zone_that_has_lost_instances_keeps_what_the_rest_can_take()
    {
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 8]).Sample(
            (up, down) =>
            {
                const int calls = 10_000;
                var service = Make.Service(
                [
                    .. Enumerable.Range(0, up).Select(i => Make.Entry($"near-{i}", zone: "a")),
                    .. Enumerable.Range(0, down).Select(i => Make.Entry($"down-{i}", zone: "a", status: InstanceStatus.Down)),
                    Make.Entry("out", zone: "a", status: InstanceStatus.OutOfService),
                    Make.Entry("far", zone: "b"),
                ]);
                var kept = Math.Min(1, ZoneAware.Overprovision * up / (up + down));

                var counts = Count(new ZoneAware("a", 50, new Random(up + (100 * down)), Make.BalanceMetrics), service, calls);

                var far = counts.GetValueOrDefault("far");
                Math.Abs(far - (calls * (1 - kept))).ShouldBeLessThanOrEqualTo(6 * Math.Sqrt(calls * kept * (1 - kept)) + 1e-9);
            },
            iter: 40);
    }

    [Fact]
    public void Zone_with_too_much_to_do_spills_over_until_the_others_have_as_much()
    {
        var service = Make.Service(Make.Entry("near", zone: "a"), Make.Entry("far-1", zone: "b"), Make.Entry("far-2", zone: "b"));
        var balancer = new ZoneAware("a", 10, Seeded, Make.BalanceMetrics);
        var call = Make.Call();
        for (var i = 0; i < 100; i++)
        {
            balancer.Pick(service, call)!.TryEnter();
        }

        var loads = service.Routable.ToDictionary(instance => instance.Instance.Id, instance => instance.InFlight);
        loads["near"].ShouldBeInRange(33, 35);
        Math.Abs(loads["far-1"] - loads["far-2"]).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Never_leaves_a_busy_zone_when_told_so()
    {
        var service = Make.Service(Make.Entry("near", zone: "a"), Make.Entry("far", zone: "b"));
        Load(service.Routable[1], 1_000);

        Count(new ZoneAware("a", 0, Seeded, Make.BalanceMetrics), service, 100).ShouldBe(new Dictionary<string, int> { ["near"] = 100 });
    }
}
