using Gatehouse.Api.Problems;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Mirroring;

/// <summary>
/// Copies requests of one route. The request itself goes on at once, and nothing that becomes of its copy concerns it: the copy is
/// left out when too many are under way, or when it would have to hold too much.
/// </summary>
internal sealed class Mirror(RouteMirror policy, Mirrors mirrors, GatewayStep next)
{
    private int underWay;

    public ValueTask<Problem?> Answer(GatewayCall call)
    {
        var request = call.Context.Request;
        // A connection that is upgraded has no end that could be waited for.
        if (request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method))
        {
            return Skip(call, "unfit");
        }

        if (request.ContentLength > policy.MaxBody)
        {
            return Skip(call, "too-large");
        }

        if (Interlocked.Increment(ref underWay) > policy.Concurrent)
        {
            Interlocked.Decrement(ref underWay);
            return Skip(call, "busy");
        }

        if (call.Context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            return CopyAfter(call);
        }

        mirrors.Send(call, policy.Service, default, Done);
        return next(call);
    }

    private ValueTask<Problem?> Skip(GatewayCall call, string result)
    {
        mirrors.Count(call, result);
        return next(call);
    }

    // The copy is sent when the request is over, with what its service has read of the body: if that was all.
    private async ValueTask<Problem?> CopyAfter(GatewayCall call)
    {
        var request = call.Context.Request;
        var copy = new CopiedBody(request.Body, policy.MaxBody);
        request.Body = copy;
        try
        {
            return await next(call);
        }
        finally
        {
            if (copy.Whole is { } whole)
            {
                mirrors.Send(call, policy.Service, whole, Done);
            }
            else
            {
                mirrors.Count(call, copy.IsTooLong ? "too-large" : "incomplete");
                Done();
            }
        }
    }

    private void Done() => Interlocked.Decrement(ref underWay);
}
