using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway;

/// <summary>A matched request on its way through the stages of its route, and what is to be recorded of it.</summary>
/// <param name="context">The request and its response.</param>
/// <param name="plan">The route.</param>
/// <param name="target">The target as the client wrote it: encoded path and query.</param>
/// <param name="traffic">Where calls are counted.</param>
internal sealed class GatewayCall(HttpContext context, RoutePlan plan, string target, TrafficTable traffic)
{
    private readonly TrafficSeries route = traffic.Enter(SeriesKind.Route, plan.Id);
    private TrafficSeries? consumer;
    private long bytesIn;
    private long bytesOut;

    public HttpContext Context => context;

    public RoutePlan Plan => plan;

    public string Target => target;

    /// <summary>Who calls; null on a route that anybody may call.</summary>
    public Caller? Caller { get; set; }

    /// <summary>The <c>Gatehouse-Identity</c> that tells the upstream who calls; null when nobody was asked.</summary>
    public string? Identity { get; set; }

    /// <summary>Who sent the request, as statistics and the access log name it; null when not known.</summary>
    public string? Consumer { get; private set; }

    /// <summary>How often it was sent to an instance.</summary>
    public int Attempts { get; set; }

    /// <summary>The instance it was last sent to.</summary>
    public RoutableInstance? Instance { get; private set; }

    /// <summary>Whether the response broke off after it had begun.</summary>
    public bool BrokeOff { get; private set; }

    /// <summary>What the access log keeps of the request's body, where it does.</summary>
    public CapturedBody? RequestBody { get; set; }

    /// <summary>What the access log keeps of the response's body, where it does.</summary>
    public CapturedBody? ResponseBody { get; set; }

    /// <summary>The request is known to be of a consumer; called once at most, by whoever authenticates.</summary>
    public void Identify(string name)
    {
        Consumer = name;
        consumer = traffic.Enter(SeriesKind.Consumer, name);
    }

    /// <summary>Records that the request is being sent to an instance. Attempts may be under way side by side.</summary>
    public AttemptRecord StartAttempt(RoutableInstance instance)
    {
        Attempts++;
        Instance = instance;
        return new AttemptRecord(this, traffic, instance);
    }

    /// <summary>The response broke off, and the client can no longer be told.</summary>
    public void BreakOff() => BrokeOff = true;

    /// <summary>Counts bytes of a request's body whose length was not announced.</summary>
    public void CountIn(long bytes) => Interlocked.Add(ref bytesIn, bytes);

    /// <summary>Counts bytes of a response's body whose length was not announced.</summary>
    public void CountOut(long bytes) => Interlocked.Add(ref bytesOut, bytes);

    /// <summary>What there is to record.</summary>
    public CallFigures Figures(long started, CallOutcome outcome) => new(
        CallFigures.Since(started),
        outcome,
        context.Request.ContentLength ?? Interlocked.Read(ref bytesIn),
        outcome == CallOutcome.Cancelled || BrokeOff || HttpMethods.IsHead(context.Request.Method)
            ? Interlocked.Read(ref bytesOut)
            : context.Response.ContentLength ?? Interlocked.Read(ref bytesOut));

    /// <summary>The request is over.</summary>
    public void End(in CallFigures figures)
    {
        route.Leave(figures);
        consumer?.Leave(figures);
    }
}
