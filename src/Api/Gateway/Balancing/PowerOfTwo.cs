using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// The less busy of two different ones taken at random (Mitzenmacher 2001): nearly as even as the least busy of all,
/// without looking at all, and without every front door rushing to the same idle instance.
/// </summary>
internal sealed class PowerOfTwo(Random random) : IBalancer
{
    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        var instances = service.Routable;
        if (instances.Length == 1)
        {
            return instances[0];
        }

        var i = random.Next(instances.Length);
        var j = random.Next(instances.Length - 1);
        var first = instances[i];
        var second = instances[j < i ? j : j + 1];
        return second.InFlight < first.InFlight ? second : first;
    }
}
