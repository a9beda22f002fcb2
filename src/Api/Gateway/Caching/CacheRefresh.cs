using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>
/// Asks a service anew for what is stored, while clients go on with it (RFC 5861): the request once more, of nobody, that outlives
/// the one it is a copy of.
/// </summary>
internal sealed partial class CacheRefresh(ILogger<CacheRefresh> logger)
{
    /// <summary>Begins; nothing of the request is touched after this has returned.</summary>
    public void Start(CachedRoute cached, GatewayCall call, CacheQuestion question, StoredResponse stored, Flights.Flight flight)
    {
        var scope = call.Context.RequestServices.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        var copy = call.Again(Copy(call.Context, scope.ServiceProvider));
        _ = Task.Run(() => Run(new CacheFetch(cached, copy, question, stored, "stale", waited: false), copy, flight, scope), CancellationToken.None);
    }

    private async Task Run(CacheFetch fetch, GatewayCall call, Flights.Flight flight, AsyncServiceScope scope)
    {
        var started = GatewayRecorder.Start();
        var outcome = CallOutcome.Failure;
        try
        {
            var problem = await fetch.Run(flight);
            outcome = RequestOutcome.Of(call.Context, call, problem);
        }
        catch (Exception e)
        {
            Log.NotRefreshed(logger, call.Plan.Id, e);
        }
        finally
        {
            call.End(call.Figures(started, outcome));
            await scope.DisposeAsync();
        }
    }

    private static DefaultHttpContext Copy(HttpContext context, IServiceProvider services)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var copy = new DefaultHttpContext { RequestServices = services, User = context.User, TraceIdentifier = context.TraceIdentifier };
        copy.Features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Scheme = request.Scheme,
            Protocol = request.Protocol,
            PathBase = request.PathBase,
            Path = request.Path,
            QueryString = request.QueryString,
            RawTarget = request.RawTarget,
            Headers = new HeaderDictionary(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>(request.Headers, StringComparer.OrdinalIgnoreCase)),
        });
        copy.Features.Set<IHttpRequestBodyDetectionFeature>(NoBody.Instance);
        copy.Connection.RemoteIpAddress = context.Connection.RemoteIpAddress;
        copy.Connection.RemotePort = context.Connection.RemotePort;
        copy.Connection.LocalIpAddress = context.Connection.LocalIpAddress;
        copy.Connection.LocalPort = context.Connection.LocalPort;
        return copy;
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly NoBody Instance = new();

        public bool CanHaveBody => false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "What is stored of route {Route} was not refreshed")]
        public static partial void NotRefreshed(ILogger logger, string route, Exception exception);
    }
}
