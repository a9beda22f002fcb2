using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Mirroring;

public sealed class MirrorTests
{
    private readonly ConcurrentQueue<(string Method, string Path, string Mark, string Header, string Body)> copies = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copy_is_the_request_with_a_mark_and_its_answer_is_dropped()
    {
        await using var upstream = await Upstream.Start(Echo);
        await using var shadow = await Upstream.Start(Note);
        await using var front = await Start(upstream, new RouteMirror { Service = "shadow" }, shadow);

        using var request = new HttpRequestMessage(HttpMethod.Put, "/a%2Fb?c=d") { Content = new StringContent("hello"), Headers = { { "X-A", "b" } } };
        using var answer = await front.Client.SendAsync(request, Cancel);
        using var head = await front.Client.GetAsync("/plain", Cancel);

        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("real hello");
        await Until.Holds(() => copies.Count == 2);
        copies.ShouldContain(("PUT", "/a%2Fb?c=d", "mirrored", "b", "hello"));
        copies.ShouldContain(("GET", "/plain", "mirrored", "", ""));
        await Until.Holds(() => front.Services.GetRequiredService<TrafficTable>().Find(SeriesKind.Service, "SHADOW") is { InFlight: 0 });
    }

    [Fact]
    public async Task Only_a_share_is_copied()
    {
        await using var upstream = await Upstream.Start(Echo);
        await using var shadow = await Upstream.Start(Note);
        await using var front = await Start(upstream, new RouteMirror { Service = "shadow", Share = 0.3, Concurrent = 10_000 }, shadow);
        for (var i = 0; i < 300; i++)
        {
            (await front.Client.GetAsync("/", Cancel)).Dispose();
        }

        // 90 are expected; a deviation of 6 standard deviations would be 48.
        await Until.Holds(() => copies.Count > 42);
        await Until.Holds(() => front.Services.GetRequiredService<TrafficTable>().Find(SeriesKind.Service, "SHADOW") is { InFlight: 0 });
        copies.Count.ShouldBeLessThan(138);
    }

    [Fact]
    public async Task Shadow_that_hangs_fails_or_is_not_there_changes_nothing()
    {
        await using var upstream = await Upstream.Start(Echo);
        await using var hanging = await Upstream.Start(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var slow = await Start(upstream, new RouteMirror { Service = "shadow", Concurrent = 3 }, hanging);
        await using var absent = await Start(upstream, new RouteMirror { Service = "nobody" }, hanging);

        for (var i = 0; i < 20; i++)
        {
            using var answer = await slow.Client.PostAsync("/", new StringContent($"{i}"), Cancel);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe($"real {i}");
            using var other = await absent.Client.GetAsync("/", Cancel);
            other.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        // No more than may be under way.
        (slow.Services.GetRequiredService<TrafficTable>().Find(SeriesKind.Service, "SHADOW")?.InFlight ?? 0).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Longer_bodies_are_not_copied()
    {
        await using var upstream = await Upstream.Start(Echo);
        await using var shadow = await Upstream.Start(Note);
        await using var front = await Start(upstream, new RouteMirror { Service = "shadow", MaxBody = 10 }, shadow);

        (await front.Client.PostAsync("/announced", new StringContent(new string('x', 11)), Cancel)).Dispose();
        using var streamed = new HttpRequestMessage(HttpMethod.Post, "/streamed")
        {
            Content = new PushContent(async stream => await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 11)), Cancel)),
        };
        (await front.Client.SendAsync(streamed, Cancel)).Dispose();
        (await front.Client.PostAsync("/short", new StringContent("short"), Cancel)).Dispose();

        await Until.Holds(() => !copies.IsEmpty);
        copies.Select(copy => copy.Path).ShouldBe(["/short"]);
    }

    private static async Task Echo(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync("real " + await reader.ReadToEndAsync(Cancel), Cancel);
    }

    private async Task Note(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(Cancel);
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        copies.Enqueue((context.Request.Method, target, context.Request.Headers["Gatehouse-Mirror"].ToString(), context.Request.Headers["X-A"].ToString(), body));
        await context.Response.WriteAsync(new string('x', 100_000), Cancel);
    }

    private static Task<Front> Start(Upstream upstream, RouteMirror mirror, Upstream shadow) => Front.Start(
        [Make.Route("/{**rest}") with { Id = "mirrored", Mirror = mirror, Timeout = TimeSpan.FromSeconds(5) }],
        [Make.Entry("i", upstream.Address), Make.Entry("s", shadow.Address, "SHADOW")]);
}
