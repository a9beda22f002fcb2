using System.Diagnostics;
using System.Net.Http.Headers;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway;

/// <summary>The trace that a request is part of: passed on as it came, or with the front door's own span when it is recorded.</summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new("Gatehouse");

    /// <summary>The span of a call to an instance; null, and free, unless somebody listens.</summary>
    public static Activity? StartCall(GatewayCall call, RoutableInstance instance)
    {
        var (context, plan) = (call.Context, call.Plan);
        if (!Source.HasListeners() || Source.StartActivity(context.Request.Method, ActivityKind.Client) is not { } activity)
        {
            return null;
        }

        activity.DisplayName = $"{context.Request.Method} {plan.Pattern}";
        activity.SetTag("http.request.method", context.Request.Method);
        activity.SetTag("server.address", instance.Address);
        activity.SetTag("gatehouse.route", plan.Id);
        activity.SetTag("gatehouse.service", instance.Instance.Service);
        activity.SetTag("gatehouse.instance", instance.Instance.Id);
        if (call.Attempts > 1)
        {
            activity.SetTag("http.request.resend_count", call.Attempts - 1);
        }

        return activity;
    }

    /// <summary>Tells the server's span what the gateway made of the request.</summary>
    public static void Finish(HttpContext context, GatewayCall? call, CallOutcome outcome)
    {
        if (!Source.HasListeners() || context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        activity.SetTag("gatehouse.outcome", CallOutcomes.NameOf(outcome));
        if (outcome.IsError())
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }

        if (call is not null)
        {
            activity.DisplayName = $"{context.Request.Method} {call.Plan.Pattern}";
            activity.SetTag("http.route", call.Plan.Pattern);
            activity.SetTag("gatehouse.route", call.Plan.Id);
            activity.SetTag("gatehouse.consumer", call.Consumer);
            activity.SetTag("gatehouse.attempts", call.Attempts);
            if (call.FellBack is { } fallback)
            {
                activity.SetTag("gatehouse.fallback", fallback);
            }
        }
    }

    /// <summary>Writes the trace's headers in place of those of another attempt.</summary>
    public static void ContinueAnew(IHeaderDictionary received, HttpRequestHeaders headers)
    {
        headers.Remove(HeaderNames.TraceParent);
        headers.Remove(HeaderNames.TraceState);
        Continue(received, headers);
    }

    /// <summary>Writes the trace's headers. ASP.NET Core has an activity for logging alone too, which is nobody's parent.</summary>
    public static void Continue(IHeaderDictionary received, HttpRequestHeaders headers)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity && activity.Source.HasListeners())
        {
            headers.TryAddWithoutValidation(HeaderNames.TraceParent, activity.Id);
            if (!string.IsNullOrEmpty(activity.TraceStateString))
            {
                headers.TryAddWithoutValidation(HeaderNames.TraceState, activity.TraceStateString);
            }

            return;
        }

        // W3C Trace Context, 3.2.2: an invalid traceparent is dropped, and tracestate with it.
        var parent = received.TraceParent;
        if (parent.Count == 1 && ActivityContext.TryParse(parent, traceState: null, out _))
        {
            headers.TryAddWithoutValidation(HeaderNames.TraceParent, (string?)parent);
            if (received.TraceState.Count > 0)
            {
                headers.TryAddWithoutValidation(HeaderNames.TraceState, (IEnumerable<string?>)received.TraceState);
            }
        }
    }
}
