using Gatehouse.Api.Gateway;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Keeps the beginning of bodies for the access log, where a route asks for it.</summary>
internal sealed class CaptureStage : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Log is not { } log || (log.RequestBody == 0 && log.ResponseBody == 0))
        {
            return next;
        }

        return call =>
        {
            var context = call.Context;
            if (log.RequestBody > 0)
            {
                call.RequestBody = new CapturedBody(log.RequestBody);
                context.Request.Body = new CapturingStream(context.Request.Body, call.RequestBody);
            }

            if (log.ResponseBody > 0)
            {
                call.ResponseBody = new CapturedBody(log.ResponseBody);
                context.Response.Body = new CapturingStream(context.Response.Body, call.ResponseBody);
            }

            return next(call);
        };
    }
}
