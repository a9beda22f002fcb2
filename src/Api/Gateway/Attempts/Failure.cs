using Gatehouse.Api.Problems;
using Gatehouse.Grains.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>What a failed forwarding counts as, and what the client is told of it.</summary>
internal static class Failure
{
    /// <summary>How an attempt ended.</summary>
    /// <param name="error">What the forwarder says.</param>
    /// <param name="context">The request.</param>
    /// <param name="timedOut">Whether its time was up.</param>
    /// <param name="clientsTime">Whether that was the time that the client gave it.</param>
    public static CallOutcome OutcomeOf(ForwarderError error, HttpContext context, bool timedOut, bool clientsTime)
    {
        if (error == ForwarderError.None)
        {
            return RequestOutcome.OfStatus(context.Response.StatusCode);
        }

        if (timedOut || error == ForwarderError.RequestTimedOut)
        {
            return clientsTime ? CallOutcome.Cancelled : CallOutcome.Timeout;
        }

        // The forwarder aborts the client's connection when the service breaks off: that it is aborted says nothing then.
        if (error is ForwarderError.ResponseBodyDestination or ForwarderError.UpgradeResponseDestination)
        {
            return CallOutcome.Failure;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return CallOutcome.Cancelled;
        }

        return error is ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient ? CallOutcome.ClientError : CallOutcome.Failure;
    }

    /// <summary>The problem of an error before anything of the response was sent.</summary>
    /// <param name="error">What the forwarder says.</param>
    /// <param name="context">The request.</param>
    /// <param name="passed">The attempt's time, when it is what ended it.</param>
    public static Problem Explain(ForwarderError error, HttpContext context, TryTime? passed)
    {
        if (passed is { } time)
        {
            return time.IsClients ? GatewayProblems.DeadlinePassed : GatewayProblems.UpstreamTimeout(time.Limit);
        }

        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        return error switch
        {
            ForwarderError.RequestBodyClient => Body(exception, context.Response.StatusCode),
            ForwarderError.RequestTimedOut when IsConnectTimeout(exception) => GatewayProblems.UpstreamUnreachable,
            ForwarderError.RequestTimedOut => GatewayProblems.UpstreamIdle,
            ForwarderError.Request when IsUnreachable(exception) => GatewayProblems.UpstreamUnreachable,
            _ => GatewayProblems.UpstreamFailed,
        };
    }

    /// <summary>The same in the terms of what is done about it.</summary>
    /// <param name="error">What the forwarder says.</param>
    /// <param name="failed">The problem that it is explained by.</param>
    public static AttemptEnd EndOf(ForwarderError error, Problem failed)
    {
        if (ReferenceEquals(failed, GatewayProblems.UpstreamUnreachable))
        {
            return AttemptEnd.Unreachable;
        }

        if (failed.Code == "upstream-timeout")
        {
            return AttemptEnd.TimedOut;
        }

        return ReferenceEquals(failed, GatewayProblems.UpstreamFailed) && error != ForwarderError.RequestCreation
            ? AttemptEnd.BrokenOff
            : AttemptEnd.NotItsDoing;
    }

    private static Problem Body(Exception? exception, int status)
    {
        var causes = exception is AggregateException aggregate ? aggregate.Flatten().InnerExceptions : [exception!];
        var cause = causes.OfType<BadHttpRequestException>().FirstOrDefault();
        return GatewayProblems.BadBody(cause?.StatusCode ?? status, cause?.Message ?? "It broke off.");
    }

    private static bool IsUnreachable(Exception? exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError,
    };

    // The handler reports its ConnectTimeout as a cancellation that a timeout has caused.
    private static bool IsConnectTimeout(Exception? exception) =>
        exception is OperationCanceledException { InnerException: TimeoutException };
}
