using System.Globalization;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>A route whose responses are kept.</summary>
/// <param name="Route">The route.</param>
/// <param name="Policy">How they are kept.</param>
/// <param name="Store">Where.</param>
/// <param name="Metrics">Where requests are counted.</param>
/// <param name="Refresh">What asks anew while clients go on.</param>
/// <param name="Time">The clock.</param>
/// <param name="Next">The way to the service.</param>
internal sealed record CachedRoute(
    CompiledRoute Route, RouteCache Policy, ResponseStore Store, CacheMetrics Metrics, CacheRefresh Refresh, TimeProvider Time, GatewayStep Next)
{
    /// <summary>The route's path, that metrics are named by.</summary>
    public string Pattern => Route.Document.Match.Path;

    /// <summary>Which responses are kept.</summary>
    public ResponseRules Rules { get; } = new(Route, Policy, Time);

    /// <summary>Answers with what is stored; when the client has it already, with 304.</summary>
    public async ValueTask<Problem?> Serve(GatewayCall call, StoredResponse stored, string status, string result)
    {
        Metrics.Count(Pattern, result);
        var (request, response) = (call.Context.Request, call.Context.Response);
        var known = Validators.IsKnown(request, stored);
        response.StatusCode = known ? StatusCodes.Status304NotModified : stored.Status;
        foreach (var (name, value) in stored.Headers)
        {
            response.Headers[name] = response.Headers.TryGetValue(name, out var present) ? StringValues.Concat(present, value) : value;
        }

        response.Headers.Age = ((long)stored.AgeAt(Time).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.Append(CacheStatus.Header, status);
        if (known || stored.Status == StatusCodes.Status204NoContent)
        {
            return null;
        }

        response.ContentLength = stored.Body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(stored.Body, call.Context.RequestAborted);
        }

        return null;
    }
}
