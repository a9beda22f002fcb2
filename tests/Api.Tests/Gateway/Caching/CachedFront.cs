using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Caching;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>A front door with a cached route, under a clock that the test moves, and a service that counts its calls.</summary>
public abstract class CachedFront : IAsyncDisposable
{
    private readonly FakeReplica<CacheInvalidations> invalidations = new(CacheInvalidations.Empty);
    private int calls;
    private Upstream? upstream;
    private Front? front;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    protected int Calls => Volatile.Read(ref calls);

    private protected Upstream Service => upstream!;

    private protected Front Front => front!;

    public async ValueTask DisposeAsync()
    {
        if (front is not null)
        {
            await front.DisposeAsync();
        }

        if (upstream is not null)
        {
            await upstream.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected Task Say(HttpContext context, string? control)
    {
        if (control is not null)
        {
            context.Response.Headers.CacheControl = control;
        }

        context.Response.Headers.Date = Time.GetUtcNow().ToString("R");
        return context.Response.WriteAsync($"{Calls}", Cancel);
    }

    protected async Task Start(
        RequestDelegate handler,
        RouteCache? cache = null,
        RouteLimit? limit = null,
        RouteCompression? compression = null,
        Action<IServiceCollection>? configure = null)
    {
        upstream = await Upstream.Start(context =>
        {
            Interlocked.Increment(ref calls);
            return handler(context);
        });
        var route = Make.Route("/{**rest}") with
        {
            Id = "cached",
            Cache = cache ?? new RouteCache(),
            // What is waited before a retry would not end, as the clock stands.
            Retry = new RouteRetry { Attempts = 1 },
            Limits = limit is null ? [] : [limit],
            Compression = compression,
        };
        front = await Gateway.Front.Start([route], [Make.Entry("i", upstream.Address)], services: services =>
        {
            services.AddSingleton<TimeProvider>(Time);
            services.AddSingleton<IReplica<CacheInvalidations>>(invalidations);
            configure?.Invoke(services);
        });
    }

    protected void SetLease(LeaseState state) => invalidations.State = state;

    protected void Invalidate(string target, long sequence) => invalidations.Current =
        ((IViewProjection<CacheInvalidations>)new CacheInvalidations.Projection()).Apply(
            invalidations.Current,
            [new ViewChange(target, new CacheInvalidation { Target = target, Sequence = sequence })],
            replace: false,
            new ViewVersion(1, sequence));

    protected async Task<(HttpResponseMessage Answer, string Body, string Status)> Get(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await front!.Client.SendAsync(request, Cancel);
        var status = answer.Headers.TryGetValues("Cache-Status", out var values) ? values.Single() : "";
        return (answer, await answer.Content.ReadAsStringAsync(Cancel), status);
    }
}
