using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Affinity;

/// <summary>
/// The policy <c>affinity</c>: finds the instance that the client's cookie names, and sets the cookie anew when another one
/// answered, because that one is gone, out of service, or not to be called for now.
/// </summary>
internal sealed class AffinityStage : IStage
{
    private readonly AffinityTokens tokens;
    private readonly IReplica<RegistrySnapshot> registry;
    private readonly Peers peers;
    private readonly Counter<long> requests;

    public AffinityStage(AffinityTokens tokens, IReplica<RegistrySnapshot> registry, Peers peers, IMeterFactory meters)
    {
        this.tokens = tokens;
        this.registry = registry;
        this.peers = peers;
        requests = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
            "gatehouse.gateway.affinity", "{request}", "Requests to routes with affinity: kept at their instance, moved to another, or new.");
    }

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Affinity is not { } affinity)
        {
            return next;
        }

        var rule = new Rule(this, route.Document.Match.Path, affinity, route.Target.Services, PrefixOf(route.Document.Match.Path));
        return call =>
        {
            rule.Begin(call);
            return next(call);
        };
    }

    // The route's literal segments: the browser sends the cookie there and nowhere else.
    private static string PrefixOf(string path)
    {
        var open = path.IndexOf('{', StringComparison.Ordinal);
        var literal = (open < 0 ? path : path[..open]).TrimEnd('/');
        return literal.Length == 0 ? "/" : new PathString(literal).ToUriComponent();
    }

    private sealed class Rule(AffinityStage stage, string route, RouteAffinity affinity, ImmutableArray<string> services, string path)
    {
        public void Begin(GatewayCall call)
        {
            var token = call.Context.Request.Cookies[affinity.Cookie];
            var instance = token is null ? null : Find(token);
            call.Preferred = instance;
            call.Context.Response.OnStarting(
                static state =>
                {
                    var (rule, started, named, wanted) = ((Rule, GatewayCall, bool, RoutableInstance?))state;
                    rule.End(started, named, wanted);
                    return Task.CompletedTask;
                },
                (this, call, token is not null, instance));
        }

        private RoutableInstance? Find(string token)
        {
            var known = stage.registry.Current.Services;
            foreach (var service in services)
            {
                if (known.TryGetValue(service, out var instances) && stage.tokens.Find(instances, token) is { } instance)
                {
                    return instance;
                }
            }

            return null;
        }

        private void End(GatewayCall call, bool named, RoutableInstance? wanted)
        {
            if (call.Instance is not { } instance)
            {
                return;
            }

            var kept = wanted?.Key == instance.Key;
            stage.requests.Add(1, new("http.route", route), new("gatehouse.affinity.result", ResultOf(kept, named)));
            if (!kept && stage.tokens.Of(instance) is { } token)
            {
                call.Context.Response.Cookies.Append(affinity.Cookie, token, Options(stage.IsSecure(call.Context)));
            }
        }

        // Without TLS a browser would not send a secure one back.
#pragma warning disable S2092
        private CookieOptions Options(bool secure) => new()
        {
            Path = path,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = secure,
            MaxAge = affinity.Lifetime > TimeSpan.Zero ? affinity.Lifetime : null,
            IsEssential = true,
        };
#pragma warning restore S2092

        private static string ResultOf(bool kept, bool named)
        {
            if (kept)
            {
                return "kept";
            }

            return named ? "moved" : "new";
        }
    }

    private bool IsSecure(HttpContext context) =>
        context.Request.IsHttps
        || (peers.Of(context).Trusted && context.Request.Headers[ForwardedNames.Proto].ToString().Equals("https", StringComparison.OrdinalIgnoreCase));
}
