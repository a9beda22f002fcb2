using System.Diagnostics;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Bulkheads;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Gateway.Fallbacks;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway;

/// <summary>A matched request on its way through the stages of its route, and what is to be recorded of it.</summary>
/// <param name="started">When it came.</param>
/// <param name="context">The request and its response.</param>
/// <param name="plan">The route.</param>
/// <param name="target">The target as the client wrote it: encoded path and query.</param>
/// <param name="traffic">Where calls are counted.</param>
internal sealed class GatewayCall(long started, HttpContext context, RoutePlan plan, string target, TrafficTable traffic)
{
    private readonly TrafficSeries route = traffic.Enter(SeriesKind.Route, plan.Id);
    private TrafficSeries? consumer;
    private long bytesIn;
    private long bytesOut;
    private long sentWhole;
    private Bulkhead? bulkhead;
    private long held;

    public HttpContext Context => context;

    public RoutePlan Plan { get; private set; } = plan;

    public string Target => target;

    /// <summary>Who calls; null on a route that anybody may call.</summary>
    public Caller? Caller { get; set; }

    /// <summary>The <c>Gatehouse-Identity</c> that tells the upstream who calls; null when nobody was asked.</summary>
    public string? Identity { get; set; }

    /// <summary>Who sent the request, as statistics and the access log name it; null when not known.</summary>
    public string? Consumer { get; private set; }

    /// <summary>The instance that the client had before, if it takes calls; until it is picked.</summary>
    public RoutableInstance? Preferred { get; set; }

    /// <summary>Its way through the circuits of the service it goes to; null on a route without.</summary>
    public ServicePass? Circuits { get; set; }

    /// <summary>When it came.</summary>
    public long Started => started;

    /// <summary>How often it was sent to an instance.</summary>
    public int Attempts { get; set; }

    /// <summary>How often an attempt was made again.</summary>
    public int Retries { get; set; }

    /// <summary>The instances whose attempts failed; null for none.</summary>
    public List<RoutableInstance>? Tried { get; set; }

    /// <summary>Its body, as attempts send it; null for none.</summary>
    public Upload? Upload { get; set; }

    /// <summary>What answers it when its service does not; null for nothing, or when it is about to.</summary>
    public IFallback? Fallback { get; set; }

    /// <summary>What has answered it in place of its service; null for nothing.</summary>
    public string? FellBack { get; set; }

    /// <summary>The response as it is kept for others, where it is.</summary>
    public KeptResponse? Kept { get; set; }

    /// <summary>How long it waited for a place in the bulkhead.</summary>
    public TimeSpan Queued { get; set; }

    /// <summary>How much of the total time it has used up, which runs from when the request was first sent whole.</summary>
    public TimeSpan Spent => Volatile.Read(ref sentWhole) is var since and not 0 ? Queued + Stopwatch.GetElapsedTime(since) : Queued;

    /// <summary>The service it went to last: one that answers elsewhere, or in this process.</summary>
    public string? Service { get; private set; }

    /// <summary>The instance it was last sent to; null for a service that answers in this process.</summary>
    public RoutableInstance? Instance { get; private set; }

    /// <summary>How the attempt ended that broke off, when the client could no longer be told.</summary>
    public CallOutcome? BrokeOff { get; private set; }

    /// <summary>What the access log keeps of the request's body, where it does.</summary>
    public CapturedBody? RequestBody { get; set; }

    /// <summary>What the access log keeps of the response's body, where it does.</summary>
    public CapturedBody? ResponseBody { get; set; }

    /// <summary>The same request once more, that the front door sends by itself.</summary>
    public GatewayCall Again(HttpContext copy) => new(Stopwatch.GetTimestamp(), copy, Plan, target, traffic) { Caller = Caller, Identity = Identity };

    /// <summary>The request is known to be of a consumer; called once at most, by whoever authenticates.</summary>
    public void Identify(string name)
    {
        Consumer = name;
        consumer = traffic.Enter(SeriesKind.Consumer, name);
    }

    /// <summary>The request is being sent to an instance, which was entered. Attempts may be under way side by side.</summary>
    public Attempt StartAttempt(RoutableInstance instance)
    {
        Attempts++;
        (Service, Instance) = (instance.Instance.Service, instance);
        return new Attempt(this, instance, traffic);
    }

    /// <summary>Counts the request as one to a service that answers in this process; to be left when it is over.</summary>
    public TrafficSeries EnterService(string service)
    {
        (Service, Instance) = (service, null);
        return traffic.Enter(SeriesKind.Service, service);
    }

    /// <summary>Of several instances that it was sent to, the response of one is passed on.</summary>
    public void Choose(RoutableInstance instance) => Instance = instance;

    /// <summary>It goes another way, to another service, with time and attempts of its own.</summary>
    public void Turn(RoutePlan other)
    {
        Plan = other;
        (Tried, Retries, Queued) = (null, 0, TimeSpan.Zero);
        Volatile.Write(ref sentWhole, 0);
    }

    /// <summary>It has a place in a bulkhead, which it leaves when it is over; another that it had it leaves now.</summary>
    public void Hold(Bulkhead place)
    {
        bulkhead?.Leave();
        (bulkhead, held) = (place, place.Now);
    }

    /// <summary>It is a stream without end from now on, such as a WebSocket, and leaves its place.</summary>
    public void LeaveBulkhead()
    {
        bulkhead?.Leave();
        bulkhead = null;
    }

    /// <summary>
    /// The attempt's status, of which nothing was sent, is not the response's: the forwarder takes a response that has a
    /// status for one that was answered.
    /// </summary>
    public void TakeBackStatus()
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
    }

    /// <summary>An attempt has sent the request whole.</summary>
    public void SentWhole() => Interlocked.CompareExchange(ref sentWhole, Stopwatch.GetTimestamp(), 0);

    /// <summary>The response broke off, and the client can no longer be told.</summary>
    public void BreakOff(CallOutcome outcome) => BrokeOff = outcome;

    /// <summary>Counts bytes of a request's body whose length was not announced.</summary>
    public void CountIn(long bytes) => Interlocked.Add(ref bytesIn, bytes);

    /// <summary>Counts bytes of a response's body whose length was not announced.</summary>
    public void CountOut(long bytes) => Interlocked.Add(ref bytesOut, bytes);

    /// <summary>What there is to record.</summary>
    public CallFigures Figures(long since, CallOutcome outcome) => new(
        CallFigures.Since(since),
        outcome,
        context.Request.ContentLength ?? Interlocked.Read(ref bytesIn),
        outcome == CallOutcome.Cancelled || BrokeOff is not null || HttpMethods.IsHead(context.Request.Method)
            ? Interlocked.Read(ref bytesOut)
            : context.Response.ContentLength ?? Interlocked.Read(ref bytesOut));

    /// <summary>The request is over.</summary>
    public void End(in CallFigures figures)
    {
        bulkhead?.Leave(held, figures.Outcome);
        Upload?.Dispose();
        route.Leave(figures);
        consumer?.Leave(figures);
    }
}
