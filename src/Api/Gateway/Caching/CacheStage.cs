using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Views;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>
/// The policy <c>cache</c>; and, on all routes, that what a request may have changed is not answered from the cache any more
/// (RFC 9111, 4.4).
/// </summary>
internal sealed class CacheStage(
    ResponseStore store,
    Peers peers,
    IReplica<CacheInvalidations> invalidations,
    CacheMetrics metrics,
    CacheRefresh refresh,
    IOptions<CacheOptions> options,
    TimeProvider time) : IStage
{
    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        var methods = route.Document.Match.Methods;
        GatewayStep watched = !methods.IsEmpty && methods.All(SafeMethods.Contains) ? next : call => call.Context.Request.IsSafe() ? next(call) : Change(call, next);
        if (route.Document.Cache is not { } policy)
        {
            return watched;
        }

        var cached = new CachedRoute(route, policy, store, metrics, refresh, time, watched);
        return new CacheStep(cached, invalidations, peers, options.Value.Wait).Answer;
    }

    private async ValueTask<Problem?> Change(GatewayCall call, GatewayStep next)
    {
        var problem = await next(call);
        var response = call.Context.Response;
        if (problem is null && response.StatusCode is >= 200 and < 400 && store.IsUsed)
        {
            var place = CachePlace.Of(call, peers);
            store.Forget(place.Key);
            ForgetNamed(place, response.Headers.Location.ToString());
            ForgetNamed(place, response.Headers[HeaderNames.ContentLocation].ToString());
        }

        return problem;
    }

    // What a response says of other addresses counts for its own host only.
    private void ForgetNamed(CachePlace place, string address)
    {
        if (address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal))
        {
            store.Forget(place.KeyOf(address));
        }
        else if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Authority.Equals(place.Host, StringComparison.OrdinalIgnoreCase))
        {
            store.Forget(place.KeyOf(uri.PathAndQuery));
        }
    }
}
