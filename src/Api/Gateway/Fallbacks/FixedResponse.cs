using System.Text;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>A response that the route's author wrote.</summary>
internal sealed class FixedResponse(RouteFallback fallback) : IFallback
{
    private readonly byte[] body = Encoding.UTF8.GetBytes(fallback.Body);

    public string Kind => "status";

    public async ValueTask<Problem?> Answer(GatewayCall call)
    {
        var (request, response) = (call.Context.Request, call.Context.Response);
        response.StatusCode = fallback.Status;
        if (fallback.ContentType.Length > 0)
        {
            response.ContentType = fallback.ContentType;
        }

        if (fallback.Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return null;
        }

        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(body, call.Context.RequestAborted);
        }

        return null;
    }
}
