using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// Picks an instance for a request. There is one balancer for each service of each route, so it may keep a position and
/// what it derived from the last instances it saw; it is called by many threads at once.
/// </summary>
internal interface IBalancer
{
    /// <summary>Picks an instance, or null when none may take the call. Never called with no instances.</summary>
    RoutableInstance? Pick(ServiceInstances service, GatewayCall call);
}
