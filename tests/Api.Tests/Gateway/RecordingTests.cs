using System.Net;
using System.Net.Http.Json;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>What the gateway counts of requests, over real connections.</summary>
public sealed class RecordingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_isCountedByRouteServiceAndInstance_withItsBytes()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("hello", Cancellation);
        });
        var route = Make.Route("/books/{**rest}");
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.PostAsync(new Uri("/books/1", UriKind.Relative), new StringContent("0123456789"), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var counted = await Counted(front);
        foreach (var key in new SeriesKey[] { new(SeriesKind.Route, route.Id), new(SeriesKind.Service, "BOOKS"), new(SeriesKind.Instance, "BOOKS/1") })
        {
            counted[key].Calls.ShouldBe(1);
            counted[key].Errors.ShouldBe(0);
            counted[key].BytesIn.ShouldBe(10);
            counted[key].BytesOut.ShouldBe(5);
            counted[key].MaxMicroseconds.ShouldBeGreaterThan(0);
        }

        counted.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Request_withBodiesOfUnknownLength_isCountedWithTheirBytes()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
            await context.Response.StartAsync(Cancellation);
            await context.Response.WriteAsync(new string('x', 70_000), Cancellation);
        });
        var route = Make.Route("/books/{**rest}");
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        using var content = JsonContent.Create(new { title = "Walden" });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/books/1") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await front.Client.SendAsync(request, Cancellation);

        (await response.Content.ReadAsStringAsync(Cancellation)).Length.ShouldBe(70_000);
        var sum = (await Counted(front))[new(SeriesKind.Route, route.Id)];
        sum.BytesIn.ShouldBe("{\"title\":\"Walden\"}".Length);
        sum.BytesOut.ShouldBe(70_000);
    }

    [Theory]
    [InlineData(500, CallOutcome.Failure)]
    [InlineData(503, CallOutcome.Failure)]
    [InlineData(504, CallOutcome.Timeout)]
    [InlineData(404, CallOutcome.ClientError)]
    [InlineData(429, CallOutcome.Limited)]
    [InlineData(304, CallOutcome.Success)]
    public async Task Status_tellsTheOutcome(int status, CallOutcome outcome)
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var route = Make.Route("/books/{**rest}") with { Retry = new RouteRetry { Attempts = 1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync(new Uri("/books/1", UriKind.Relative), Cancellation);

        var counted = await Counted(front);
        counted[new(SeriesKind.Route, route.Id)].Of(outcome).ShouldBe(1);
        counted[new(SeriesKind.Instance, "BOOKS/1")].Of(outcome).ShouldBe(1);
    }

    [Fact]
    public async Task Response_thatBreaksOff_isAFailureThoughItsStatusWasSuccess()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half", Cancellation);
            await context.Response.Body.FlushAsync(Cancellation);
            context.Abort();
        });
        var route = Make.Route("/books/{**rest}");
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        await Should.ThrowAsync<HttpRequestException>(front.Client.GetStringAsync(new Uri("/books/1", UriKind.Relative), Cancellation));

        (await Counted(front))[new(SeriesKind.Route, route.Id)].Errors.ShouldBe(1);
    }

    [Fact]
    public async Task Unreachable_and_unrouted_areCounted()
    {
        var route = Make.Route("/books/{**rest}") with { Retry = new RouteRetry { Attempts = 1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", "http://127.0.0.1:1")]);

        using var bad = await front.Client.GetAsync(new Uri("/books/1", UriKind.Relative), Cancellation);
        using var nowhere = await front.Client.GetAsync(new Uri("/nowhere", UriKind.Relative), Cancellation);

        bad.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var counted = await Counted(front, requests: 2);
        counted[new(SeriesKind.Route, route.Id)].Of(CallOutcome.Failure).ShouldBe(1);
        counted[new(SeriesKind.Service, "BOOKS")].Of(CallOutcome.Failure).ShouldBe(1);
        counted[new(SeriesKind.Route, SeriesKey.Unrouted)].Of(CallOutcome.ClientError).ShouldBe(1);
    }

    // The client may see the end of a response before the front door has recorded it.
    private static async Task<Dictionary<SeriesKey, TrafficSum>> Counted(Front front, int requests = 1)
    {
        var table = front.Services.GetRequiredService<TrafficTable>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        do
        {
            table.Collect();
        }
        while (table.Of(SeriesKind.Route).Sum(series => series.Total.Calls) < requests && await timer.WaitForNextTickAsync(Cancellation));

        return table.All.Where(series => series.Total.Calls > 0).ToDictionary(series => series.Key, series => series.Total);
    }
}
