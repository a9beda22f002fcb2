using Gatehouse.Api.Problems;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway;

/// <summary>How a client's request ended, in the terms of the statistics.</summary>
internal static class RequestOutcome
{
    /// <summary>The outcome of a request.</summary>
    /// <param name="context">The request, with its response.</param>
    /// <param name="call">The matched call, or null when no route took it.</param>
    /// <param name="problem">Why the gateway refused it, or null.</param>
    public static CallOutcome Of(HttpContext context, GatewayCall? call, Problem? problem)
    {
        if (problem is not null)
        {
            return problem.Code switch
            {
                "upstream-timeout" => CallOutcome.Timeout,
                "circuit-open" => CallOutcome.ShortCircuited,
                "bulkhead-full" => CallOutcome.Rejected,
                _ => OfStatus(problem.Status),
            };
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return CallOutcome.Cancelled;
        }

        return call is { BrokeOff: true } ? CallOutcome.Failure : OfStatus(context.Response.StatusCode);
    }

    /// <summary>The outcome that a status alone tells.</summary>
    public static CallOutcome OfStatus(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => CallOutcome.Limited,
        StatusCodes.Status499ClientClosedRequest => CallOutcome.Cancelled,
        StatusCodes.Status504GatewayTimeout => CallOutcome.Timeout,
        >= 500 => CallOutcome.Failure,
        >= 400 => CallOutcome.ClientError,
        _ => CallOutcome.Success,
    };
}
