using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway;

/// <summary>A route as the gateway carries it out: what can be worked out before the first request.</summary>
internal sealed class RoutePlan
{
    private readonly CompiledRoute route;
    private readonly ImmutableArray<IBalancer> balancers;
    private readonly CallHash? side;

    public RoutePlan(
        CompiledRoute route,
        Balancers balancers,
        GatewayStep answer,
        string pattern,
        StringComparison prefixComparison = StringComparison.Ordinal)
    {
        Answer = answer;
        this.route = route;
        this.balancers = [.. route.Target.Services.Select(_ => balancers.Make(route))];
        side = balancers.SideOf(route);
        Path = new TargetPath(route.Path.RemovePrefix, route.Path.AddPrefix, prefixComparison);
        Headers = new HeaderRules(route.SetHeaders, route.RemoveHeaders.AddRange(UsedCredentials.Of(route.Auth)));
        Pattern = pattern;
        Retry = new RetryPlan(route.Document.Retry);
        PerTryText = GatewayTimeout.Format(route.PerTry);
    }

    public string Id => route.Id;

    /// <summary>The route's stages and, behind them, its upstream.</summary>
    public GatewayStep Answer { get; }

    /// <summary>The route's path, that metrics and spans are named by.</summary>
    public string Pattern { get; }

    /// <summary>How long one attempt may take until the response begins.</summary>
    public TimeSpan PerTry => route.PerTry;

    /// <summary>The same, as services are told it.</summary>
    public string PerTryText { get; }

    /// <summary>How long all attempts may take together.</summary>
    public TimeSpan Total => route.Total;

    /// <summary>When a request is sent to further instances beside the first; null for never.</summary>
    public RouteHedge? Hedge => route.Document.Hedge;

    /// <summary>When attempts are made again.</summary>
    public RetryPlan Retry { get; }

    /// <summary>What the access log tells beside what it tells of all requests; null for nothing.</summary>
    public RouteLog? Log => route.Document.Log;

    /// <summary>When the circuits that its calls go through open.</summary>
    public RouteCircuit Circuit => route.Document.Circuit ?? RouteCircuit.Default;

    /// <summary>When instances that do worse than the others are passed over; null for never.</summary>
    public RouteOutliers? Outliers => route.Document.Outliers;

    public TargetPath Path { get; }

    public HeaderRules Headers { get; }

    /// <summary>The service that a sticky canary has for the request; null when chance decides, or there is one service only.</summary>
    public string? SideOf(GatewayCall call) => side is null ? null : route.Target.Pick(side.Of(call));

    /// <summary>The service for one request, and the balancer that picks among its instances for this route.</summary>
    public string PickService(GatewayCall call, Random random, out IBalancer balancer)
    {
        var service = SideOf(call) ?? call.Preferred?.Instance.Service ?? route.Target.Pick(random);
        balancer = balancers[balancers.Length == 1 ? 0 : route.Target.Services.IndexOf(service)];
        return service;
    }
}
