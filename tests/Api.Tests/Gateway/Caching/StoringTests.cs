using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>What is kept, of whom, and for whom.</summary>
public sealed class StoringTests : CachedFront
{
    [Theory]
    [InlineData("no-store")]
    [InlineData("private, max-age=60")]
    [InlineData("private=\"X-A\", max-age=60")]
    [InlineData("max-age=nonsense")]
    [InlineData("max-age=0")]
    [InlineData(null)]
    public async Task What_may_not_be_kept_is_asked_for_each_time(string? control)
    {
        await Start(context => Say(context, control));

        await Get("/a");

        (await Get("/a")).Body.ShouldBe("2");
    }

    [Fact]
    public async Task Route_says_how_long_responses_are_fresh_that_do_not()
    {
        await Start(context => Say(context, context.Request.Path == "/said" ? "max-age=1" : null), new RouteCache { Ttl = TimeSpan.FromMinutes(1) });

        await Get("/a");
        await Get("/said");
        Time.Advance(TimeSpan.FromSeconds(30));

        (await Get("/a")).Body.ShouldBe("1");
        (await Get("/said")).Body.ShouldBe("3");
    }

    [Theory]
    [InlineData("Authorization", "Bearer x", "max-age=60", false)]
    [InlineData("Authorization", "Bearer x", "public, max-age=60", true)]
    [InlineData("Authorization", "Bearer x", "s-maxage=60", true)]
    [InlineData("X-API-Key", "key", "max-age=60", false)]
    [InlineData("Cookie", "session=1", "max-age=60", false)]
    [InlineData("Cookie", "session=1", "public, max-age=60", true)]
    public async Task Personal_response_is_kept_only_if_it_is_public(string header, string value, string control, bool kept)
    {
        await Start(context => Say(context, control));

        await Get("/a", (header, value));

        (await Get("/a", (header, "other"))).Body.ShouldBe(kept ? "1" : "2");
        (await Get("/a")).Body.ShouldBe(kept ? "1" : "3");
    }

    [Fact]
    public async Task Response_to_a_stranger_is_not_given_to_somebody_unless_public()
    {
        await Start(context => Say(context, "max-age=60"));

        await Get("/a");

        (await Get("/a", ("Authorization", "Bearer x"))).Body.ShouldBe("2");
        (await Get("/a")).Body.ShouldBe("1");
    }

    [Fact]
    public async Task Sides_of_a_sticky_canary_are_kept_apart()
    {
        await using var stable = await Upstream.Start(context => Named(context, "stable"));
        await using var canary = await Upstream.Start(context => Named(context, "canary"));
        var split = new RouteTarget { Split = [new SplitTarget { Service = "stable", Weight = 1 }, new SplitTarget { Service = "canary", Weight = 1 }] };
        var key = new RequestKey { By = RequestKeyKind.Header, Name = "X-Tenant" };
        var route = Make.Route("/{**rest}") with { To = split, Cache = new RouteCache(), Canary = new RouteCanary { Key = key } };
        await using var front = await Gateway.Front.Start(
            [route], [Make.Entry("s", stable.Address, "STABLE"), Make.Entry("c", canary.Address, "CANARY")]);

        var sides = new HashSet<(int Tenant, string Side)>();
        for (var i = 0; i < 60; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/a") { Headers = { { "X-Tenant", $"t{i % 20}" } } };
            using var answer = await front.Client.SendAsync(request, Cancel);
            sides.Add((i % 20, await answer.Content.ReadAsStringAsync(Cancel)));
        }

        sides.Count.ShouldBe(20);
        sides.Select(tenant => tenant.Side).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Response_that_sets_a_cookie_is_not_kept()
    {
        await Start(context =>
        {
            context.Response.Cookies.Append("a", "b");
            return Say(context, "public, max-age=60");
        });

        await Get("/a");

        (await Get("/a")).Body.ShouldBe("2");
    }

    [Fact]
    public async Task Response_that_breaks_off_is_not_kept()
    {
        var begun = new TaskCompletionSource();
        await Start(async context =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.ContentLength = Calls == 1 ? 100 : 1;
            await context.Response.WriteAsync("x", Cancel);
            if (Calls == 1)
            {
                await begun.Task;
                context.Abort();
            }
        });

        using var answer = await Front.Client.GetAsync("/a", HttpCompletionOption.ResponseHeadersRead, Cancel);
        begun.SetResult();
        await Should.ThrowAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Cancel));

        (await Get("/a")).Body.ShouldBe("x");
        Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Responses_are_kept_apart_by_what_they_vary_by()
    {
        await Start(
            context =>
            {
                context.Response.Headers.Vary = "Accept-Language";
                return Say(context, "max-age=60");
            },
            new RouteCache { Vary = ["X-Tenant"] });

        (await Get("/a", ("Accept-Language", "de"))).Body.ShouldBe("1");
        var other = await Get("/a", ("Accept-Language", "en"));
        other.Body.ShouldBe("2");
        other.Status.ShouldStartWith("gatehouse; fwd=vary-miss");
        (await Get("/a", ("Accept-Language", "en"), ("X-Tenant", "t"))).Body.ShouldBe("3");
        (await Get("/a", ("Accept-Language", "de"))).Body.ShouldBe("1");
        (await Get("/a?b", ("Accept-Language", "de"))).Body.ShouldBe("4");
    }

    [Fact]
    public async Task What_varies_by_everything_is_not_kept()
    {
        await Start(context =>
        {
            context.Response.Headers.Vary = "*";
            return Say(context, "max-age=60");
        });

        await Get("/a");

        (await Get("/a")).Body.ShouldBe("2");
    }

    [Fact]
    public async Task Limits_of_the_request_are_told_and_not_kept()
    {
        await Start(context => Say(context, "max-age=60"), limit: new RouteLimit { Permits = 10, By = LimitSubject.Route });

        var first = await Get("/a");
        var second = await Get("/a");

        var told = first.Answer.Headers.GetValues("RateLimit").Single();
        second.Answer.Headers.GetValues("RateLimit").Single().ShouldNotBe(told);
        second.Status.ShouldStartWith("gatehouse; hit");
    }

    [Fact]
    public async Task Compressed_responses_are_kept_compressed_and_apart()
    {
        await Start(
            context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.ContentType = "text/plain";
                return context.Response.WriteAsync(new string('x', 20_000), Cancel);
            },
            compression: new RouteCompression());

        (await Get("/a", ("Accept-Encoding", "gzip"))).Answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        var hit = await Get("/a", ("Accept-Encoding", "gzip"));
        var plain = await Get("/a");

        hit.Status.ShouldStartWith("gatehouse; hit");
        hit.Answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        hit.Answer.Content.Headers.ContentLength!.Value.ShouldBeLessThan(1_000);
        plain.Body.ShouldBe(new string('x', 20_000));
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        await Start(
            context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                return context.Response.Body.WriteAsync(new byte[100_000], Cancel).AsTask();
            },
            configure: services => services.Configure<CacheOptions>(options => options.MaxBytes = 1024 * 1024));

        for (var i = 0; i < 50; i++)
        {
            await Get($"/{i}");
        }

        Front.Services.GetRequiredService<ResponseStore>().Bytes.ShouldBeInRange(100_000, 1024 * 1024);
    }

    [Fact]
    public async Task Longer_than_the_route_keeps_is_passed_whole()
    {
        await Start(
            async context =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                for (var i = 0; i < 10; i++)
                {
                    await context.Response.Body.WriteAsync(new byte[1000], Cancel);
                    await context.Response.Body.FlushAsync(Cancel);
                }
            },
            new RouteCache { MaxBody = 5000 });

        (await Get("/a")).Body.Length.ShouldBe(10_000);
        (await Get("/a")).Status.ShouldStartWith("gatehouse; fwd=uri-miss");
        Calls.ShouldBe(2);
    }

    private static Task Named(HttpContext context, string name)
    {
        context.Response.Headers.CacheControl = "max-age=600";
        return context.Response.WriteAsync(name, Cancel);
    }
}
