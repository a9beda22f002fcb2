using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Gateway.Affinity;

/// <summary>The instance that the request prefers, once, if it may be picked; otherwise by a rule.</summary>
internal sealed class PreferredInstance(IBalancer rule) : IBalancer
{
    public RoutableInstance? Pick(ServiceInstances service, GatewayCall call)
    {
        if (call.Preferred is { } preferred)
        {
            // A second pick means that it did not take the request.
            call.Preferred = null;
            foreach (var instance in service.Routable)
            {
                if (instance.Key == preferred.Key)
                {
                    return instance;
                }
            }
        }

        return rule.Pick(service, call);
    }
}
