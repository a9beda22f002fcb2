using System.Diagnostics;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Api.Gateway;

/// <summary>One sending of a request to an instance, from the picking to the end of the response: counted and timed.</summary>
internal readonly struct AttemptRecord(GatewayCall call, TrafficTable traffic, RoutableInstance instance)
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TrafficSeries service = traffic.Enter(SeriesKind.Service, instance.Instance.Service);
    private readonly TrafficSeries series = traffic.Enter(SeriesKind.Instance, instance.Key);

    /// <summary>The attempt is over. Called once.</summary>
    public void End(CallOutcome outcome)
    {
        var figures = call.Figures(started, outcome);
        service.Leave(figures);
        series.Leave(figures);
    }

    /// <summary>How an attempt ended.</summary>
    /// <param name="error">What the forwarder says.</param>
    /// <param name="context">The request.</param>
    /// <param name="timedOut">Whether its time was up.</param>
    public static CallOutcome OutcomeOf(ForwarderError error, HttpContext context, bool timedOut)
    {
        if (error == ForwarderError.None)
        {
            return RequestOutcome.OfStatus(context.Response.StatusCode);
        }

        if (timedOut || error == ForwarderError.RequestTimedOut)
        {
            return CallOutcome.Timeout;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return CallOutcome.Cancelled;
        }

        return error is ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient ? CallOutcome.ClientError : CallOutcome.Failure;
    }
}
