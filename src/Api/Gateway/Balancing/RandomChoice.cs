using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>Any.</summary>
internal sealed class RandomChoice(Random random) : IBalancer
{
    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call) =>
        service.Routable[random.Next(service.Routable.Length)];
}
