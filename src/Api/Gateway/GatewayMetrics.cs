using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

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
    private readonly Counter<long> problems;

    public GatewayMetrics(IMeterFactory meters, TrafficTable traffic)
    {
        var meter = meters.Create(MeterName);
        duration = meter.CreateHistogram(
            "http.server.request.duration", "s", "Duration of requests through the gateway.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            });
        problems = meter.CreateCounter<long>(
            "gatehouse.gateway.problems", "{request}", "Requests that the front door answered itself with a problem: by a policy, or because nothing behind it could.");
        // Read from the statistics, so that requests need not all count on one place.
        meter.CreateObservableUpDownCounter(
            "http.server.active_requests",
            () => traffic.Of(SeriesKind.Route).Sum(series => (long)series.InFlight),
            "{request}",
            "Requests that the gateway is serving.");
    }

    /// <summary>Records a request.</summary>
    public void Record(long microseconds, HttpContext context, RoutePlan? plan)
    {
        if (!duration.Enabled)
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
        tags.Add("url.scheme", context.Request.Scheme);
        if (plan is not null)
        {
            tags.Add("http.route", plan.Pattern);
        }

        duration.Record(microseconds / 1_000_000.0, tags);
    }

    /// <summary>Counts a request that the gateway answered with a problem.</summary>
    public void Count(Problem problem, RoutePlan? plan) =>
        problems.Add(1, new("http.route", plan?.Pattern ?? SeriesKey.Unrouted), new("gatehouse.problem", problem.Code));

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
