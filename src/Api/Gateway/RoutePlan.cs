using System.Collections.Immutable;
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

    public RoutePlan(
        CompiledRoute route,
        Balancers balancers,
        GatewayStep answer,
        string pattern,
        StringComparison prefixComparison = StringComparison.Ordinal)
    {
        Answer = answer;
        this.route = route;
        this.balancers = [.. route.Target.Services.Select(_ => balancers.Make(route.Balance))];
        Path = new TargetPath(route.Path.RemovePrefix, route.Path.AddPrefix, prefixComparison);
        Headers = new HeaderRules(route.SetHeaders, route.RemoveHeaders.AddRange(UsedCredentials.Of(route.Auth)));
        Pattern = pattern;
    }

    public string Id => route.Id;

    /// <summary>The route's stages and, behind them, its upstream.</summary>
    public GatewayStep Answer { get; }

    /// <summary>The route's path, that metrics and spans are named by.</summary>
    public string Pattern { get; }

    public TimeSpan Timeout => route.Timeout;

    /// <summary>What the access log tells beside what it tells of all requests; null for nothing.</summary>
    public RouteLog? Log => route.Document.Log;

    public TargetPath Path { get; }

    public HeaderRules Headers { get; }

    /// <summary>The service for one request, and the balancer that picks among its instances for this route.</summary>
    public string PickService(Random random, out IBalancer balancer)
    {
        var service = route.Target.Pick(random);
        balancer = balancers[balancers.Length == 1 ? 0 : route.Target.Services.IndexOf(service)];
        return service;
    }
}
