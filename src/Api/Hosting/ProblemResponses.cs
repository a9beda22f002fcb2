using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Hosting;

/// <summary>Every error of what the front door itself serves leaves as a problem, and none as a stack trace.</summary>
internal sealed partial class ProblemResponses(RequestDelegate next, ClusterReach cluster, ILogger<ProblemResponses> logger)
{
    private static readonly Problem Unexpected = new(
        StatusCodes.Status500InternalServerError,
        "internal",
        "An unexpected error",
        "The log has the details under the trace id.");

    public async Task Invoke(HttpContext context)
    {
        // A change would wait for the cluster in vain, and its caller may have another front door to ask.
        if (!context.Request.IsSafe() && cluster.IsLost)
        {
            await ClusterUnavailable.Write(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
            return;
        }
        catch (BadHttpRequestException e)
        {
            await Problem(e).Write(context);
            return;
        }
        catch (Exception e) when (ClusterUnavailable.IsCause(e, context.RequestAborted) && !context.Response.HasStarted)
        {
            Log.Unavailable(logger, e, context.Request.Method, context.Request.Path.ToUriComponent(), Problems.Problem.TraceIdOf(context));
            await ClusterUnavailable.Write(context);
            return;
        }
        // The boundary: what a handler did not foresee is logged in full and answered without detail.
        catch (Exception e)
        {
            Log.Failed(logger, e, context.Request.Method, context.Request.Path.ToUriComponent(), Problems.Problem.TraceIdOf(context));
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await Unexpected.Write(context);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } && ForStatus(context) is { } bare)
        {
            await bare.Write(context);
        }
    }

    private static Problem Problem(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new(413, "too-large", "The request body is too large", e.Message)
        {
            Errors = new Dictionary<string, string[]> { ["$"] = ["is larger than is taken"] },
        },
        StatusCodes.Status415UnsupportedMediaType => new(415, "media-type", "The media type is not supported", e.Message),
        var status => new(status, "bad-request", "The request is malformed", e.Message),
    };

    private static Problem? ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new(404, "not-found", "There is nothing at this address", context.Request.Path.ToUriComponent()),
        StatusCodes.Status405MethodNotAllowed => NotAllowed(context.Response.Headers.Allow.ToString()),
        StatusCodes.Status415UnsupportedMediaType => RegistryProblems.MediaType,
        StatusCodes.Status400BadRequest => new(400, "bad-request", "The request is malformed"),
        _ => null,
    };

    private static Problem NotAllowed(string methods) => new(405, "method-not-allowed", "The method is not allowed here", $"Allowed: {methods}")
    {
        Headers = ImmutableDictionary<string, string>.Empty.Add(HeaderNames.Allow, methods),
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ManagementFailed", Level = LogLevel.Error, Message = "{Method} {Path} failed, trace id {TraceId}")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path, string traceId);

        [LoggerMessage(EventId = 2, EventName = "ManagementUnavailable", Level = LogLevel.Warning, Message = "{Method} {Path} had no answer from the cluster, trace id {TraceId}")]
        public static partial void Unavailable(ILogger logger, Exception exception, string method, string path, string traceId);
    }
}
