using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>One after another.</summary>
internal sealed class RoundRobin(Random random) : IBalancer
{
    private readonly Turn turn = new(random);

    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call) =>
        service.Routable[turn.Next(service.Routable.Length)];
}
