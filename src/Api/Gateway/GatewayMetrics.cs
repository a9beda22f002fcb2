using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway;

/// <summary>The meter <c>Gatehouse.Gateway</c>, in the names of OpenTelemetry's semantic conventions.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gatehouse.Gateway";

    // The client closed the connection: nothing was sent, but it counts (nginx's number for it).
    private const int ClientClosedRequest = 499;

    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    private readonly Histogram<double> duration;
    private readonly UpDownCounter<long> active;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram(
            "http.server.request.duration", "s", "Duration of requests through the gateway.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            });
        active = meter.CreateUpDownCounter<long>(
            "http.server.active_requests", "{request}", "Requests that the gateway is serving.");
    }

    /// <summary>Counts a request in; the time it starts, or 0 when nobody measures.</summary>
    public long Start()
    {
        if (active.Enabled)
        {
            active.Add(1);
        }

        return duration.Enabled ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>Counts a request out.</summary>
    public void Stop(long started, HttpContext context, RoutePlan? plan)
    {
        if (active.Enabled)
        {
            active.Add(-1);
        }

        if (started == 0)
        {
            return;
        }

        var status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted
            ? ClientClosedRequest
            : context.Response.StatusCode;
        var tags = default(TagList);
        tags.Add("http.request.method", KnownMethod(context.Request.Method));
        tags.Add("http.response.status_code", status < Statuses.Length ? Statuses[status] : status);
        tags.Add("network.protocol.version", Version(context.Request.Protocol));
        if (plan is not null)
        {
            tags.Add("http.route", plan.Pattern);
        }

        duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }

    // A client may send any method: an unknown one must not make a series of its own.
    private static string KnownMethod(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsPatch(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method)
            ? method
            : "_OTHER";

    private static string Version(string protocol) =>
        protocol switch
        {
            "HTTP/1.1" => "1.1",
            "HTTP/2" => "2",
            "HTTP/3" => "3",
            _ => "1.0",
        };
}
