using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Gateway;

/// <summary>The errors of the gateway as callers see them.</summary>
internal static class GatewayProblems
{
    public static readonly Problem NoRoute = new(
        StatusCodes.Status404NotFound, "no-route", "No route takes this request",
        "Neither a route nor a service has this path, method and host.");

    public static readonly Problem NotReady = new Problem(
        StatusCodes.Status503ServiceUnavailable, "not-ready", "The gateway is not ready",
        "It has not yet received its routes and services.").RetryAfter(1);

    public static readonly Problem UpstreamUnreachable = new(
        StatusCodes.Status502BadGateway, "upstream-unreachable", "The service could not be reached",
        "No connection to the chosen instance could be made.");

    public static readonly Problem UpstreamFailed = new(
        StatusCodes.Status502BadGateway, "upstream-failed", "The service did not answer properly",
        "The connection broke, or what came was not a valid response.");

    public static readonly Problem UpstreamIdle = new(
        StatusCodes.Status504GatewayTimeout, "upstream-timeout", "The service took too long",
        "The service and the client were silent for too long.");

    public static readonly Problem MethodNotSupported = new(
        StatusCodes.Status501NotImplemented, "method-not-supported", "The method is not supported",
        "CONNECT and TRACE are not forwarded.");

    public static readonly Problem AmbiguousLength = new(
        StatusCodes.Status400BadRequest, "bad-request", "The request is not valid",
        "Its end is ambiguous: Transfer-Encoding must be 'chunked' alone, in HTTP/1.1, and without Content-Length.");

    public static Problem BadTarget(string detail) => new(
        StatusCodes.Status400BadRequest, "bad-target", "The request target is not valid", detail);

    public static Problem BadBody(int status, string detail) => new(
        status,
        status switch
        {
            StatusCodes.Status413PayloadTooLarge => "body-too-large",
            StatusCodes.Status408RequestTimeout => "body-timeout",
            _ => "bad-body",
        },
        "The request body could not be read",
        detail);

    public static Problem BodyTooLarge(long most) => BadBody(StatusCodes.Status413PayloadTooLarge, $"It may have {most} bytes.");

    public static Problem NoInstance(string service) => new Problem(
        StatusCodes.Status503ServiceUnavailable, "no-instance", "No instance takes calls",
        $"The service {service} has no instance that is up.").RetryAfter(1);

    public static readonly Problem BulkheadFull = new Problem(
        StatusCodes.Status503ServiceUnavailable, "bulkhead-full", "Too many requests are under way",
        "The route has as many under way at this front door as it may.").RetryAfter(1);

    public static readonly Problem DeadlinePassed = new(
        StatusCodes.Status504GatewayTimeout, "deadline-passed", "The caller's own time was up",
        "The response did not begin within the time that the caller gave in grpc-timeout.");

    public static Problem UpstreamAnswered(int status) => new(
        status, "upstream-failed", "The service did not answer properly", $"It answered {status}.");

    public static Problem UpstreamTimeout(TimeSpan timeout) => new(
        StatusCodes.Status504GatewayTimeout, "upstream-timeout", "The service took too long",
        $"Its response did not begin within {timeout.TotalSeconds:0.###} s.");
}
