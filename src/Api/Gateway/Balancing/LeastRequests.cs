using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>The one with the fewest requests in flight from this front door; equals take turns.</summary>
internal sealed class LeastRequests(Random random) : IBalancer
{
    private readonly Turn turn = new(random);

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var instances = service.Routable.AsSpan();
        var first = turn.Next(instances.Length);
        var least = instances[first];
        var load = least.InFlight;
        for (var i = 1; i < instances.Length && load > 0; i++)
        {
            var candidate = instances[(first + i) % instances.Length];
            var candidateLoad = candidate.InFlight;
            if (candidateLoad < load)
            {
                least = candidate;
                load = candidateLoad;
            }
        }

        return least;
    }
}
