using System.Net;
using System.Text.Json;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Bulkheads;

/// <summary>Bulkheads of routes, over real connections.</summary>
public sealed class BulkheadStageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_beyondTheLimit_areRefused_andLaterOnesServed()
    {
        var (begun, go) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var upstream = await Upstream.Start(async context =>
        {
            begun.Release();
            await go.Task.WaitAsync(context.RequestAborted);
        });
        var route = Make.Route("/books/{**rest}") with { Bulkhead = new RouteBulkhead { Concurrent = 2 } };
        await using var front = await Front.Start([route, Make.Route("/other")], [Make.Entry("1", upstream.Address)]);
        using var counters = new Counters(front.Services);
        var held = new[] { front.Client.GetAsync("/books/1", Cancellation), front.Client.GetAsync("/books/2", Cancellation) };
        await begun.WaitAsync(Cancellation);
        await begun.WaitAsync(Cancellation);

        using var refused = await front.Client.GetAsync("/books/3", Cancellation);
        var other = front.Client.GetAsync("/other", Cancellation);
        await begun.WaitAsync(Cancellation);

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        using var body = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Cancellation));
        body.RootElement.GetProperty("type").GetString().ShouldBe("urn:gatehouse:error:bulkhead-full");
        counters["bulkhead.rejected"].ShouldBe(1);

        go.SetResult();
        foreach (var response in await Task.WhenAll([.. held, other]))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Dispose();
        }

        using var later = await front.Client.GetAsync("/books/4", Cancellation);
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Requests_inTheQueue_areServedWhenThereIsAPlace()
    {
        var (begun, go) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        await using var upstream = await Upstream.Start(async context =>
        {
            begun.Release();
            await go.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(context.Request.Path, Cancellation);
        });
        var route = Make.Route("/books/{**rest}") with { Bulkhead = new RouteBulkhead { Concurrent = 1, Queue = 1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);
        using var counters = new Counters(front.Services);
        var first = front.Client.GetStringAsync("/books/1", Cancellation);
        await begun.WaitAsync(Cancellation);

        // One of the two waits, and the other finds the queue full.
        var rest = new[] { front.Client.GetAsync("/books/2", Cancellation), front.Client.GetAsync("/books/3", Cancellation) };
        using var refused = await await Task.WhenAny(rest);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        counters.Now("gatehouse.gateway.bulkhead.waiting").ShouldBe(1);
        go.Release(2);

        (await first).ShouldBe("/books/1");
        var statuses = (await Task.WhenAll(rest)).Select(response => (int)response.StatusCode);
        statuses.ShouldBe([200, 503], ignoreOrder: true);
    }

    [Fact]
    public async Task Limit_thatAdapts_staysWhileRequestsQueueHere_andFallsWhenTheServiceIsSlow()
    {
        const int places = 20;
        const int queue = 80;
        var time = new FakeTimeProvider();
        var (begun, go) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        await using var upstream = await Upstream.Start(async context =>
        {
            begun.Release();
            await go.WaitAsync(context.RequestAborted);
        });
        var route = Make.Route("/books/{**rest}") with { Bulkhead = new RouteBulkhead { Concurrent = places, Queue = queue, Adaptive = true } };
        await using var front = await Front.Start(
            [route], [Make.Entry("1", upstream.Address)], services: services => services.AddSingleton<TimeProvider>(time));
        Task<HttpResponseMessage>[] Send(int count) => [.. Enumerable.Range(0, count).Select(_ => front.Client.GetAsync("/books/1", Cancellation))];
        async Task Serve(TimeSpan took)
        {
            for (var i = 0; i < places; i++)
            {
                (await begun.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).ShouldBeTrue("all places are to be taken");
            }

            time.Advance(took);
            go.Release(places);
        }

        // The last of them waits five times as long as it is served.
        var queued = Send(places + queue);
        for (var i = 0; i < queued.Length; i += places)
        {
            await Serve(TimeSpan.FromMilliseconds(100));
        }

        (await Task.WhenAll(queued)).ShouldAllBe(response => response.StatusCode == HttpStatusCode.OK);
        await AllLeft(front, route.Id);

        var slow = Send(places);
        await Serve(TimeSpan.FromSeconds(5));
        await Task.WhenAll(slow);
        await AllLeft(front, route.Id);

        var more = Send(places + queue);
        using var refused = await await Task.WhenAny(more);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        go.Release(more.Length);
        await Task.WhenAll(more);
    }

    // A request is over a moment after its response.
    private static async Task AllLeft(Front front, string route)
    {
        var series = front.Services.GetRequiredService<TrafficTable>().Of(SeriesKind.Route).Single(series => series.Key.Name == route);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (series.InFlight > 0)
        {
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }
}
