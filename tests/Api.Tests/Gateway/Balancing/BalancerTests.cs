using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class BalancerTests
{
    private static readonly HttpContext Context = new DefaultHttpContext();

    // A test's own stream of numbers, the same at each run.
    private static Random Seeded => new(20_261_124);

    [Fact]
    public void Round_robin_gives_each_instance_the_same_number_of_calls()
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 10]).Sample((instances, rounds) =>
        {
            var counts = Count(new RoundRobin(Seeded), Service(instances), instances * rounds);
            counts.Values.ShouldAllBe(count => count == rounds);
            counts.Count.ShouldBe(instances);
        });
    }

    [Fact]
    public void Round_robin_among_threads_gives_each_instance_the_same_number_of_calls()
    {
        var service = Service(7);
        var balancer = new RoundRobin(Seeded);
        var counts = new int[7];

        Parallel.For(0, 7_000, _ =>
        {
            var picked = balancer.Pick(service, Context)!;
            Interlocked.Increment(ref counts[int.Parse(picked.Instance.Id)]);
        });

        counts.ShouldAllBe(count => count == 1_000);
    }

    [Fact]
    public void Random_choice_is_even()
    {
        var counts = Count(new RandomChoice(Seeded), Service(10), 100_000);

        counts.Values.ShouldAllBe(count => count > 9_500 && count < 10_500);
    }

    [Fact]
    public void Least_requests_picks_one_with_the_fewest_in_flight()
    {
        Gen.Int[0, 9].Array[1, 12].Sample(loads =>
        {
            var service = Service(loads.Length);
            SetLoads(service, loads);

            new LeastRequests(Seeded).Pick(service, Context)!.InFlight.ShouldBe(loads.Min());
        });
    }

    [Fact]
    public void Least_requests_lets_idle_instances_take_turns()
    {
        var counts = Count(new LeastRequests(Seeded), Service(5), 500);

        counts.Values.ShouldAllBe(count => count == 100);
    }

    [Fact]
    public void Power_of_two_never_picks_the_single_busiest()
    {
        var service = Service(5);
        SetLoads(service, [1, 2, 9, 2, 1]);

        var counts = Count(new PowerOfTwo(Seeded), service, 10_000);

        counts.ShouldNotContainKey("2");
        counts.Count.ShouldBe(4);
    }

    [Fact]
    public void Power_of_two_keeps_the_most_loaded_near_the_mean()
    {
        var service = Service(100);
        var balancer = new PowerOfTwo(Seeded);
        for (var i = 0; i < 10_000; i++)
        {
            balancer.Pick(service, Context)!.TryEnter();
        }

        service.Routable.Max(instance => instance.InFlight).ShouldBeLessThan(110);
    }

    [Fact]
    public void Weighted_follows_the_weights()
    {
        Gen.Int[0, 1000].Array[1, 12].Where(weights => weights.Sum() > 0).Sample(
            weights =>
            {
                const int Calls = 20_000;
                var service = Make.Service(weights.Select((weight, i) => Make.Entry($"{i}", weight: weight)));
                var counts = Count(new Weighted(Seeded), service, Calls);

                for (var i = 0; i < weights.Length; i++)
                {
                    var share = (double)weights[i] / weights.Sum();
                    var count = counts.GetValueOrDefault($"{i}");
                    // Five standard deviations.
                    Math.Abs(count - Calls * share).ShouldBeLessThanOrEqualTo(5 * Math.Sqrt(Calls * share * (1 - share)) + 1e-9);
                }
            },
            iter: 50);
    }

    [Fact]
    public void Weighted_with_no_weight_at_all_picks_nothing()
    {
        var service = Make.Service(Make.Entry("1", weight: 0), Make.Entry("2", weight: 0));

        new Weighted(Seeded).Pick(service, Context).ShouldBeNull();
    }

    [Fact]
    public void Zone_aware_stays_in_the_zone_while_it_has_instances()
    {
        var balancer = new ZoneAware("a", Seeded);
        var mixed = Make.Service(Make.Entry("1", zone: "a"), Make.Entry("2", zone: "b"), Make.Entry("3", zone: "a"));
        var far = Make.Service(Make.Entry("2", zone: "b"), Make.Entry("4", zone: "c"));

        Count(balancer, mixed, 10).ShouldBe(new Dictionary<string, int> { ["1"] = 5, ["3"] = 5 }, ignoreOrder: true);
        Count(balancer, far, 10).ShouldBe(new Dictionary<string, int> { ["2"] = 5, ["4"] = 5 }, ignoreOrder: true);
    }

    [Fact]
    public void Zone_aware_without_a_zone_takes_all()
    {
        var service = Make.Service(Make.Entry("1", zone: "a"), Make.Entry("2"));

        Count(new ZoneAware("", Seeded), service, 10).Count.ShouldBe(2);
    }

    [Fact]
    public void Consistent_hash_keeps_a_client_with_its_instance()
    {
        var service = Service(10);
        var balancer = new ConsistentHash(context => context.Connection.RemoteIpAddress);
        var other = new ConsistentHash(context => context.Connection.RemoteIpAddress);

        foreach (var client in Clients(1_000))
        {
            balancer.Pick(service, client)!.Instance.Id.ShouldBe(other.Pick(Service(10), client)!.Instance.Id);
        }
    }

    [Fact]
    public void Consistent_hash_moves_only_the_share_of_an_instance_that_goes()
    {
        var ten = Service(10);
        var nine = Make.Service(ten.Routable.RemoveAt(4));
        var balancer = new ConsistentHash(context => context.Connection.RemoteIpAddress);

        foreach (var client in Clients(2_000))
        {
            var before = balancer.Pick(ten, client)!.Instance.Id;
            var after = balancer.Pick(nine, client)!.Instance.Id;
            after.ShouldNotBe("4");
            if (before != "4")
            {
                after.ShouldBe(before);
            }
        }
    }

    [Fact]
    public void Consistent_hash_spreads_clients()
    {
        var service = Service(10);
        var balancer = new ConsistentHash(context => context.Connection.RemoteIpAddress);
        var counts = Clients(20_000).CountBy(client => balancer.Pick(service, client)!.Instance.Id).ToDictionary();

        counts.Count.ShouldBe(10);
        counts.Values.ShouldAllBe(count => count > 1_400 && count < 2_600);
    }

    private static ServiceInstances Service(int count) =>
        Make.Service(Enumerable.Range(0, count).Select(i => Make.Entry($"{i}")));

    private static void SetLoads(ServiceInstances service, int[] loads)
    {
        for (var i = 0; i < loads.Length; i++)
        {
            for (var call = 0; call < loads[i]; call++)
            {
                service.Routable[i].TryEnter();
            }
        }
    }

    private static IEnumerable<HttpContext> Clients(int count) => Enumerable.Range(0, count).Select(i =>
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = new IPAddress([10, 0, (byte)(i >> 8), (byte)i]);
        return context;
    });

    private static Dictionary<string, int> Count(IBalancer balancer, ServiceInstances service, int calls) =>
        Enumerable.Range(0, calls).CountBy(_ => balancer.Pick(service, Context)!.Instance.Id).ToDictionary();
}
