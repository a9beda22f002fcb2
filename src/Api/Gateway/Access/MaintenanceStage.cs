using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Access;

/// <summary>A route that is out of service answers by itself.</summary>
internal sealed class MaintenanceStage(Peers peers) : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Maintenance is not { } maintenance)
        {
            return next;
        }

        var allow = new AddressSet(maintenance.Allow);
        var problem = new Problem(
            StatusCodes.Status503ServiceUnavailable,
            "maintenance",
            "Out of service for maintenance",
            maintenance.Message.Length > 0 ? maintenance.Message : null).RetryAfter((int)Math.Ceiling(maintenance.RetryAfter.TotalSeconds));
        return call => !allow.IsEmpty && allow.Contains(peers.ClientOf(call.Context)) ? next(call) : new(problem);
    }
}
