using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>Another service, that is asked by the same route's rules.</summary>
internal sealed class OtherService(RoutePlan plan) : IFallback
{
    public string Kind => "service";

    // A body that is gone cannot be sent to it.
    public bool IsReady(GatewayCall call) => call.Upload is not { CanRepeat: false };

    public ValueTask<Problem?> Answer(GatewayCall call)
    {
        call.Turn(plan);
        return plan.Answer(call);
    }
}
