using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>At random, by the instances' weights; those of weight 0 take no calls.</summary>
internal sealed class Weighted(Random random) : IBalancer
{
    private readonly Derived<int[]> upTo = new(AddUp);

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var sums = upTo.Of(service);
        if (sums[^1] == 0)
        {
            return null;
        }

        // The first instance whose weights, with all before it, exceed the ticket: one of weight 0 adds nothing, so it
        // never is the first.
        var ticket = random.Next(sums[^1]);
        var place = Array.BinarySearch(sums, ticket + 1);
        if (place < 0)
        {
            place = ~place;
        }

        while (place > 0 && sums[place - 1] == sums[place])
        {
            place--;
        }

        return service.Routable[place];
    }

    private static int[] AddUp(ServiceInstances service)
    {
        var sums = new int[service.Routable.Length];
        var sum = 0;
        for (var i = 0; i < sums.Length; i++)
        {
            sum += Math.Max(0, service.Routable[i].Instance.Weight);
            sums[i] = sum;
        }

        return sums;
    }
}
