using Gatehouse.Api.Gateway.Affinity;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>What each policy of a route tells of itself in metrics; those of attempts, bulkheads, fallbacks and circuits are in their tests.</summary>
public sealed class PolicyMetricsTests
{
    private const string Pattern = "/books/{**rest}";

    private static readonly Uri Book = new("/books/1", UriKind.Relative);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Limit_thatRefuses_isCountedByRouteAndLimit()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var limit = new RouteLimit { Permits = 1, Per = TimeSpan.FromMinutes(1), Algorithm = LimitAlgorithm.SlidingWindow, By = LimitSubject.Route };
        await using var front = await Front.Start([Make.Route(Pattern) with { Limits = [limit] }], [Make.Entry("1", upstream.Address)]);
        using var counters = new Counters(front.Services);

        await Call(front, times: 3);

        counters.Of("gatehouse.limits.refused", ("http.route", Pattern), ("gatehouse.limit", "1m"), ("gatehouse.limit.verdict", "refused")).ShouldBe(2);
        counters.Of("gatehouse.limits.exchange.duration", ("gatehouse.limits.answered", true)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Fault_thatIsMadeUp_isCountedByKind()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route(Pattern) with { Inject = new FaultInjection { Status = 503 } }], [Make.Entry("1", upstream.Address)]);
        using var counters = new Counters(front.Services);

        await Call(front, times: 2);

        counters.Of("gatehouse.gateway.faults", ("http.route", Pattern), ("gatehouse.fault", "status")).ShouldBe(2);
    }

    [Fact]
    public async Task Mirror_isCountedByWhatBecameOfTheCopy()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Front.Start(
            [Make.Route(Pattern) with { Mirror = new RouteMirror { Service = "SHADOW" } }, Make.Route("/lost") with { Mirror = new RouteMirror { Service = "NOBODY" } }],
            [Make.Entry("1", upstream.Address), Make.Entry("s", upstream.Address, "SHADOW")]);
        using var counters = new Counters(front.Services);

        await Call(front);
        using var lost = await front.Client.GetAsync(new Uri("/lost", UriKind.Relative), Cancel);

        await Until.Holds(() => counters.Of("gatehouse.gateway.mirrored", ("http.route", Pattern), ("gatehouse.mirror.result", "success")) == 1);
        counters.Of("gatehouse.gateway.mirrored", ("http.route", "/lost"), ("gatehouse.mirror.result", "no-instance")).ShouldBe(1);
    }

    [Fact]
    public async Task Balancing_toAnotherZone_isCountedWithItsReason()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Front.Start(
            [Make.Route(Pattern) with { Balance = BalanceRule.ZoneAware }],
            [
                Make.Entry("near", upstream.Address, zone: "a"),
                Make.Entry("lost", upstream.Address, zone: "a", status: InstanceStatus.Down),
                Make.Entry("also-lost", upstream.Address, zone: "a", status: InstanceStatus.Down),
                Make.Entry("far", upstream.Address, zone: "b"),
            ],
            options => options.Zone = "a");
        using var counters = new Counters(front.Services);

        // Less than half of them stay.
        await Call(front, times: 60);

        counters.Of("gatehouse.gateway.spilled", ("gatehouse.service", "BOOKS"), ("gatehouse.spill.reason", "zone-lost")).ShouldBeInRange(10, 55);
    }

    [Fact]
    public async Task Affinity_isCountedAsNewKeptOrMoved()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route(Pattern) with { Affinity = new RouteAffinity() }], [Make.Entry("1", upstream.Address)]);
        front.Services.GetRequiredService<AffinityTokens>().Key = new byte[32];
        using var counters = new Counters(front.Services);

        // The client sends the cookie back.
        await Call(front, times: 3);
        front.Registry.Current = Make.Registry(Make.Entry("2", upstream.Address));
        await Call(front);

        long Result(string result) => counters.Of("gatehouse.gateway.affinity", ("http.route", Pattern), ("gatehouse.affinity.result", result));
        (Result("new"), Result("kept"), Result("moved")).ShouldBe((1, 2, 1));
    }

    [Fact]
    public async Task Cache_isCountedByResult_andTellsItsSize()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.Headers.CacheControl = context.Request.Path == "/books/1" ? "max-age=600" : "no-store";
            await context.Response.WriteAsync("a book", Cancel);
        });
        await using var front = await Front.Start([Make.Route(Pattern) with { Cache = new RouteCache() }], [Make.Entry("1", upstream.Address)]);
        using var counters = new Counters(front.Services);

        await Call(front, times: 3);
        using var passed = await front.Client.GetAsync(new Uri("/books/2", UriKind.Relative), Cancel);

        long Result(string result) => counters.Of("gatehouse.cache.requests", ("http.route", Pattern), ("gatehouse.cache.result", result));
        (Result("stored"), Result("hit"), Result("passed")).ShouldBe((1, 2, 1));
        counters.Now("gatehouse.cache.entries").ShouldBe(1);
        counters.Now("gatehouse.cache.size").ShouldBeGreaterThan("a book".Length);
    }

    private static async Task Call(Front front, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await front.Client.GetAsync(Book, Cancel);
        }
    }
}
