using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Bulkheads;

/// <summary>Lets no more of a route's requests go on than it has places; the place is given back when the request is over.</summary>
internal sealed class BulkheadStage : IStage
{
    private const int MaxSeries = 1000;

    private readonly TimeProvider time;
    private readonly Counter<long> rejected;

    // As long as their routes have them.
    private readonly ConditionalWeakTable<Bulkhead, string> bulkheads = [];

    public BulkheadStage(TimeProvider time, IMeterFactory meters)
    {
        this.time = time;
        var meter = meters.Create(GatewayMetrics.MeterName);
        rejected = meter.CreateCounter<long>(
            "gatehouse.gateway.bulkhead.rejected", "{request}", "Requests for which the route's bulkhead had no place.");
        meter.CreateObservableGauge(
            "gatehouse.gateway.bulkhead.waiting", () => Told(bulkhead => bulkhead.Waiting), "{request}", "Requests that wait for a place in the route's bulkhead, where any do.");
        meter.CreateObservableGauge(
            "gatehouse.gateway.bulkhead.limit", () => Told(bulkhead => bulkhead.IsAdaptive ? bulkhead.Limit : 0), "{request}", "Places that the adaptive limit of a route has now.");
    }

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        var bulkhead = new Bulkhead(route.Document.Bulkhead, time);
        bulkheads.Add(bulkhead, route.Document.Match.Path);
        return call =>
        {
            if (!bulkhead.TryEnter())
            {
                return Wait(call, bulkhead, next);
            }

            call.Hold(bulkhead);
            return next(call);
        };
    }

    // A route that was replaced may have one left with requests under way.
    private IEnumerable<Measurement<int>> Told(Func<Bulkhead, int> figure) => bulkheads
        .GroupBy(entry => entry.Value, entry => figure(entry.Key), StringComparer.Ordinal)
        .Select(route => (Pattern: route.Key, Figure: route.Max()))
        .Where(route => route.Figure > 0)
        .Take(MaxSeries)
        .Select(route => new Measurement<int>(route.Figure, new KeyValuePair<string, object?>("http.route", route.Pattern)));

    private async ValueTask<Problem?> Wait(GatewayCall call, Bulkhead bulkhead, GatewayStep next)
    {
        var since = Stopwatch.GetTimestamp();
        if (!await bulkhead.Enter(call.Plan.Total, call.Context.RequestAborted))
        {
            rejected.Add(1, new KeyValuePair<string, object?>("http.route", call.Plan.Pattern));
            return GatewayProblems.BulkheadFull;
        }

        call.Queued = Stopwatch.GetElapsedTime(since);
        call.Hold(bulkhead);
        return await next(call);
    }
}
