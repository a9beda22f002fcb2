using Gatehouse.Api.Problems;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway;

/// <summary>What a failed forwarding tells the client.</summary>
internal static class Failure
{
    /// <summary>The problem of an error before anything of the response was sent.</summary>
    /// <param name="error">What the forwarder says.</param>
    /// <param name="context">The request.</param>
    /// <param name="passed">The route's timeout, when it is what ended the call.</param>
    public static Problem Explain(ForwarderError error, HttpContext context, TimeSpan? passed)
    {
        if (passed is { } timeout)
        {
            return GatewayProblems.UpstreamTimeout(timeout);
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
