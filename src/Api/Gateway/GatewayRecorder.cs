using System.Diagnostics;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway;

/// <summary>Records every request when it is over: metrics, statistics, its span and the access log.</summary>
internal sealed class GatewayRecorder(GatewayMetrics metrics, TrafficTable traffic, AccessLog log)
{
    /// <summary>The time a request starts.</summary>
    public static long Start() => Stopwatch.GetTimestamp();

    /// <summary>A route takes the request; <see cref="Finish"/> must follow.</summary>
    public GatewayCall Match(long started, HttpContext context, RoutePlan plan, string target) => new(started, context, plan, target, traffic);

    /// <summary>The request is over.</summary>
    /// <param name="started">What <see cref="Start"/> gave.</param>
    /// <param name="context">The request, with its response.</param>
    /// <param name="call">The matched call, or null when no route took it.</param>
    /// <param name="problem">Why the gateway refused it, or null.</param>
    public void Finish(long started, HttpContext context, GatewayCall? call, Problem? problem)
    {
        var outcome = RequestOutcome.Of(context, call, problem);
        CallFigures figures;
        if (call is null)
        {
            figures = new CallFigures(CallFigures.Since(started), outcome, 0, 0);
            traffic.Enter(SeriesKind.Route, SeriesKey.Unrouted).Leave(figures);
        }
        else
        {
            figures = call.Figures(started, outcome);
            call.End(figures);
        }

        metrics.Record(figures.Microseconds, context, call?.Plan);
        if (problem is not null)
        {
            metrics.Count(problem, call?.Plan);
        }

        Tracing.Finish(context, call, outcome);
        log.Write(context, call, problem, figures);
    }
}
