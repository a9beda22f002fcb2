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
                // The client asked for no more than what is stored.
                "not-cached" => CallOutcome.ClientError,
                "upstream-timeout" => CallOutcome.Timeout,
                "deadline-passed" => CallOutcome.Cancelled,
                "circuit-open" => CallOutcome.ShortCircuited,
                "bulkhead-full" => CallOutcome.Rejected,
                _ => OfStatus(problem.Status),
            };
        }

        // First, as the client's connection is aborted then, which looks like its doing.
        if (call?.BrokeOff is { } outcome)
        {
            return outcome;
        }

        return context.RequestAborted.IsCancellationRequested ? CallOutcome.Cancelled : OfStatus(context.Response.StatusCode);
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
