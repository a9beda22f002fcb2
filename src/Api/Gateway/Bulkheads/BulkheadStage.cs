using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Bulkheads;

/// <summary>Lets no more of a route's requests go on than it has places; the place is given back when the request is over.</summary>
internal sealed class BulkheadStage : IStage
{
    private readonly TimeProvider time;
    private readonly Counter<long> rejected;

    public BulkheadStage(TimeProvider time, IMeterFactory meters)
    {
        this.time = time;
        rejected = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
            "gatehouse.gateway.bulkhead.rejected", "{request}", "Requests for which the route's bulkhead had no place.");
    }

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        var bulkhead = new Bulkhead(route.Document.Bulkhead, time);
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
