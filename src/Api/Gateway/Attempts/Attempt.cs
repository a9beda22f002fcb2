using System.Diagnostics;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>One sending of a request to an instance, from the entering to the end of the response: counted, timed and traced.</summary>
internal sealed class Attempt
{
    private readonly GatewayCall call;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TrafficSeries service;
    private readonly TrafficSeries series;
    private readonly Activity? span;

    /// <summary>Begins an attempt.</summary>
    /// <param name="call">The request.</param>
    /// <param name="instance">The instance, which was entered.</param>
    /// <param name="traffic">Where it is counted.</param>
    public Attempt(GatewayCall call, RoutableInstance instance, TrafficTable traffic)
    {
        this.call = call;
        Instance = instance;
        service = traffic.Enter(SeriesKind.Service, instance.Instance.Service);
        series = traffic.Enter(SeriesKind.Instance, instance.Key);
        span = Tracing.StartCall(call, instance);
    }

    public RoutableInstance Instance { get; }

    /// <summary>How long ago it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    /// <summary>What follows in this flow is not part of the attempt.</summary>
    public void LeaveSpan()
    {
        if (span is not null)
        {
            Activity.Current = span.Parent;
        }
    }

    /// <summary>The service answered, or failed to.</summary>
    public void Tell(int status, string? error)
    {
        span?.SetTag("http.response.status_code", status);
        if (error is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, error);
        }
    }

    /// <summary>The attempt is over, and the instance is left. Called once.</summary>
    public void End(CallOutcome outcome)
    {
        var figures = call.Figures(started, outcome);
        service.Leave(figures);
        series.Leave(figures);
        span?.Dispose();
        Instance.Leave();
        call.Circuits?.Attempted(Instance, outcome);
    }
}
