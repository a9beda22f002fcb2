using CsCheck;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class BalancerTests
{
    private static readonly GatewayCall Call = Make.Call();

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
            var picked = balancer.Pick(service, Call)!;
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

            new LeastRequests(Seeded).Pick(service, Call)!.InFlight.ShouldBe(loads.Min());
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
            balancer.Pick(service, Call)!.TryEnter();
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

        new Weighted(Seeded).Pick(service, Call).ShouldBeNull();
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

    private static Dictionary<string, int> Count(IBalancer balancer, ServiceInstances service, int calls) =>
        Enumerable.Range(0, calls).CountBy(_ => balancer.Pick(service, Call)!.Instance.Id).ToDictionary();
}
