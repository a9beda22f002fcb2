using Gatehouse.Api.Routing;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>The circuit of a service module, which answers in this process and has no instances to choose from.</summary>
internal sealed class ModuleCircuit(CircuitGate circuits)
{
    /// <summary>The step of a route to a module, behind the module's circuit.</summary>
    public GatewayStep Guard(CompiledRoute route, GatewayStep module)
    {
        var service = route.Target.Services[0];
        return async call =>
        {
            if (await circuits.Enter(call, service) is { } refusal)
            {
                return refusal;
            }

            var outcome = CallOutcome.Failure;
            try
            {
                var problem = await module(call);
                outcome = RequestOutcome.Of(call.Context, call, problem);
                return problem;
            }
            finally
            {
                call.Circuits?.End(outcome);
            }
        };
    }
}
