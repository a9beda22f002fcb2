using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway;

/// <summary>Where routes end: at a module of this process, or at HTTP services of the registry.</summary>
internal sealed class Upstreams(ModuleUpstreams modules, ModuleCircuit circuit, IUpstream services, RetryBudgets budgets)
{
    /// <summary>The last step of a route.</summary>
    public GatewayStep Of(CompiledRoute route)
    {
        if (modules.TryGet(route, out var module))
        {
            return circuit.Guard(route, module);
        }

        foreach (var service in route.Target.Services)
        {
            // It counts requests from now on.
            budgets.Of(service);
        }

        return services.Answer;
    }
}
