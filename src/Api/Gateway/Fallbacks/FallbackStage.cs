using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Bulkheads;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Gateway.Fallbacks;

/// <summary>Answers in place of a service whose attempts failed, or to which no attempt could be made.</summary>
internal sealed class FallbackStage : IStage
{
    /// <summary>Tells that an answer is not the service's, or not of now.</summary>
    public const string Header = "Gatehouse-Fallback";

    private readonly Upstreams upstreams;
    private readonly Balancers balancers;
    private readonly BulkheadStage bulkheads;
    private readonly LastResponses lastResponses;
    private readonly Counter<long> fallbacks;

    public FallbackStage(Upstreams upstreams, Balancers balancers, BulkheadStage bulkheads, LastResponses lastResponses, IMeterFactory meters)
    {
        this.upstreams = upstreams;
        this.balancers = balancers;
        this.bulkheads = bulkheads;
        this.lastResponses = lastResponses;
        fallbacks = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
            "gatehouse.gateway.fallbacks", "{request}", "Requests that were answered in place of their service.");
    }

    public GatewayStep Build(CompiledRoute route, GatewayStep next) =>
        MakeFallback(route) is { } fallback ? call => Answer(call, fallback, next) : next;

    private async ValueTask<Problem?> Answer(GatewayCall call, IFallback fallback, GatewayStep next)
    {
        call.Fallback = fallback;
        fallback.Prepare(call);
        var problem = await next(call);
        if (problem is null)
        {
            fallback.Keep(call);
            return null;
        }

        call.Fallback = null;
        if (!IsFailure(problem) || !fallback.IsReady(call))
        {
            return problem;
        }

        fallbacks.Add(1, new("http.route", call.Plan.Pattern), new("gatehouse.fallback", fallback.Kind), new("gatehouse.cause", problem.Code));
        call.FellBack = fallback.Kind;
        call.Context.Response.Headers[Header] = fallback.Kind;
        // It stands in for now, and is to be gone when the service is back.
        call.Context.Response.Headers.CacheControl = "no-store";
        return await fallback.Answer(call);
    }

    private static bool IsFailure(Problem problem) =>
        problem.Code is "upstream-unreachable" or "upstream-failed" or "upstream-timeout" or "no-instance" or "circuit-open" or "bulkhead-full";

    private IFallback? MakeFallback(CompiledRoute route) => route.Document.Fallback switch
    {
        null => null,
        { Service: { } service } => new OtherService(MakePlan(route, service)),
        { Status: > 0 } fixedResponse => new FixedResponse(fixedResponse),
        var cached => new LastResponse(lastResponses, route.Id, cached.Cached),
    };

    private RoutePlan MakePlan(CompiledRoute route, string service)
    {
        var other = new CompiledRoute(route.Document with { To = new RouteTarget { Service = service }, Fallback = null });
        return new RoutePlan(other, balancers, bulkheads.Build(other, upstreams.Of(other)), route.Document.Match.Path);
    }
}
