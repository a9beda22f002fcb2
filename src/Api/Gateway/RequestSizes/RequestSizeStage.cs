using System.Text;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.RequestSizes;

/// <summary>How large a route's requests may be.</summary>
internal sealed class RequestSizeStage : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.RequestLimits is not { } limits)
        {
            return next;
        }

        return call =>
        {
            if (Refuse(call, limits) is { } problem)
            {
                return new(problem);
            }

            // One whose length is not said is counted as it is read.
            if (limits.Body is { } most && call.Context.Request.ContentLength is null)
            {
                call.Context.Request.Body = new LimitedBody(call.Context.Request.Body, most);
            }

            return next(call);
        };
    }

    private static Problem? Refuse(GatewayCall call, RequestLimits limits)
    {
        var request = call.Context.Request;
        if (limits.Target is { } target && call.Target.Length > target)
        {
            return new Problem(
                StatusCodes.Status414UriTooLong, "target-too-long", "The request target is too long", $"Path and query may have {target} bytes.");
        }

        if (limits.Headers is { } count && NumberOf(request.Headers) > count)
        {
            return HeadersTooLarge($"A request may have {count} headers.");
        }

        if (limits.HeaderBytes is { } bytes && BytesOf(request.Headers) > bytes)
        {
            return HeadersTooLarge($"Headers may have {bytes} bytes.");
        }

        return limits.Body is { } body && request.ContentLength > body ? GatewayProblems.BodyTooLarge(body) : null;
    }

    private static Problem HeadersTooLarge(string detail) => new(
        StatusCodes.Status431RequestHeaderFieldsTooLarge, "headers-too-large", "The request headers are too large", detail);

    // One that comes twice counts twice.
    private static int NumberOf(IHeaderDictionary headers)
    {
        var number = 0;
        foreach (var (_, values) in headers)
        {
            number += values.Count;
        }

        return number;
    }

    private static long BytesOf(IHeaderDictionary headers)
    {
        var bytes = 0L;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                bytes += name.Length + Encoding.UTF8.GetByteCount(value ?? "");
            }
        }

        return bytes;
    }
}
