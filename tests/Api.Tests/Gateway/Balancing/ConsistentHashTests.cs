using CsCheck;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Grains.Routing.Policies;
using static Gatehouse.Api.Tests.Gateway.Balancing.Picks;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class ConsistentHashTests
{
    private static ConsistentHash Balancer(double bound = 0) => new(new CallHash(new RequestKey(), Make.Peers()).Of, bound, Make.BalanceMetrics);

    [Fact]
    public void Client_stays_with_its_instance_on_all_front_doors()
    {
        var service = Service(10);
        var (balancer, other) = (Balancer(), Balancer());

        foreach (var client in Clients(1_000))
        {
            balancer.Pick(service, client)!.Instance.Id.ShouldBe(other.Pick(Service(10), client)!.Instance.Id);
        }
    }

    [Fact]
    public void Only_the_share_of_an_instance_that_goes_moves()
    {
        var ten = Service(10);
        var nine = Make.Service(ten.Routable.RemoveAt(4));
        var balancer = Balancer();

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
    public void Clients_are_spread()
    {
        var service = Service(10);
        var balancer = Balancer();
        var counts = Clients(20_000).CountBy(client => balancer.Pick(service, client)!.Instance.Id).ToDictionary();

        counts.Count.ShouldBe(10);
        counts.Values.ShouldAllBe(count => count > 1_400 && count < 2_600);
    }

    [Fact]
    public void No_instance_has_more_in_flight_than_the_bound()
    {
        var keys = Gen.Int[0, 30].Array[1, 400];
        Gen.Select(Gen.Int[1, 12], Gen.Double[1.05, 3], keys).Sample(
            (instances, bound, clients) =>
            {
                var service = Service(instances);
                var key = 0;
                var balancer = new ConsistentHash(_ => (ulong)key * 0x9E3779B97F4A7C15, bound, Make.BalanceMetrics);
                var call = Make.Call();
                for (var i = 0; i < clients.Length; i++)
                {
                    key = clients[i];
                    balancer.Pick(service, call)!.TryEnter();
                    var most = Math.Max(ConsistentHash.NeverFull, (int)Math.Ceiling(bound * (i + 1) / instances));
                    service.Routable.Max(instance => instance.InFlight).ShouldBeLessThanOrEqualTo(most);
                }
            },
            iter: 100);
    }

    [Fact]
    public void Full_instance_sends_its_clients_to_the_next_and_gets_them_back()
    {
        var service = Service(5);
        var client = Clients(1).Single();
        var balancer = Balancer(bound: 1.25);
        var own = balancer.Pick(service, client)!;
        Load(own, 50);

        var next = balancer.Pick(service, client)!;
        next.ShouldNotBe(own);
        balancer.Pick(service, client).ShouldBe(next);
        for (var i = 0; i < 50; i++)
        {
            own.Leave();
        }

        balancer.Pick(service, client).ShouldBe(own);
    }
}
