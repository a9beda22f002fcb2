using System.Net;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>How long what is kept is used, and what becomes of it then.</summary>
public sealed class FreshnessTests : CachedFront
{
    [Fact]
    public async Task Fresh_response_is_used_again_with_its_age()
    {
        await Start(context => Say(context, "max-age=60"));

        var first = await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(20));
        var second = await Get("/a");

        (first.Body, second.Body).ShouldBe(("1", "1"));
        first.Status.ShouldBe("gatehouse; fwd=uri-miss; stored");
        second.Answer.Headers.Age.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(20, 21);
        second.Status.ShouldStartWith("gatehouse; hit; ttl=");
        Calls.ShouldBe(1);

        Time.Advance(TimeSpan.FromSeconds(41));
        (await Get("/a")).Body.ShouldBe("2");
    }

    [Fact]
    public async Task Stale_response_is_validated_and_fresh_again()
    {
        await Start(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.Headers["X-Turn"] = Calls.ToString();
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.Date = Time.GetUtcNow().ToString("R");
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return Say(context, "max-age=60");
        });
        await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(61));

        var validated = await Get("/a");
        var again = await Get("/a");

        (validated.Answer.StatusCode, validated.Body).ShouldBe((HttpStatusCode.OK, "1"));
        validated.Status.ShouldBe("gatehouse; fwd=stale; fwd-status=304; stored");
        validated.Answer.Headers.GetValues("X-Turn").ShouldBe(["2"]);
        again.Status.ShouldStartWith("gatehouse; hit");
        Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Validated_response_that_is_no_longer_public_is_not_given_to_somebody()
    {
        await Start(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.Date = Time.GetUtcNow().ToString("R");
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return Say(context, "public, max-age=60");
        });
        await Get("/a");
        (await Get("/a", ("Authorization", "Bearer x"))).Body.ShouldBe("1");
        Time.Advance(TimeSpan.FromSeconds(61));
        (await Get("/a")).Body.ShouldBe("1");

        (await Get("/a", ("Authorization", "Bearer x"))).Body.ShouldBe("3");
        (await Get("/a")).Status.ShouldStartWith("gatehouse; hit");
    }

    [Fact]
    public async Task Validated_response_that_varies_now_is_kept_as_that_alone()
    {
        await Start(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.Headers.CacheControl = "max-age=60";
                context.Response.Headers.Date = Time.GetUtcNow().ToString("R");
                context.Response.Headers.Vary = "Accept-Language";
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return Say(context, "max-age=60");
        });
        await Get("/a", ("Accept-Language", "de"));
        Time.Advance(TimeSpan.FromSeconds(61));
        await Get("/a", ("Accept-Language", "de"));

        (await Get("/a", ("Accept-Language", "de"))).Body.ShouldBe("1");
        (await Get("/a", ("Accept-Language", "fr"))).Status.ShouldBe("gatehouse; fwd=vary-miss; stored");
    }

    [Fact]
    public async Task Clients_condition_is_answered_by_what_is_kept()
    {
        await Start(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            return Say(context, "max-age=60");
        });
        await Get("/a");

        (await Get("/a", ("If-None-Match", "W/\"v1\""))).Answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await Get("/a", ("If-None-Match", "\"v2\""))).Body.ShouldBe("1");
        Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Head_is_answered_by_what_is_kept_and_parts_are_passed_on()
    {
        await Start(context => Say(context, "max-age=60"));
        await Get("/a");

        using var head = new HttpRequestMessage(HttpMethod.Head, "/a");
        using var answer = await Front.Client.SendAsync(head, Cancel);
        answer.Content.Headers.ContentLength.ShouldBe(1);
        Calls.ShouldBe(1);

        (await Get("/a", ("Range", "bytes=0-0"))).Status.ShouldBe("gatehouse; fwd=bypass");
        Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData("no-cache", "2")]
    [InlineData("max-age=10", "2")]
    [InlineData("max-age=40", "1")]
    [InlineData("min-fresh=40", "2")]
    [InlineData("min-fresh=20", "1")]
    [InlineData("only-if-cached", "1")]
    public async Task Request_says_what_it_takes(string control, string body)
    {
        await Start(context => Say(context, "max-age=60"));
        await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(30));

        (await Get("/a", ("Cache-Control", control))).Body.ShouldBe(body);
    }

    [Fact]
    public async Task Stale_is_taken_by_who_says_so_and_nothing_is_504_for_who_wants_no_more()
    {
        await Start(context => Say(context, "max-age=60, stale-if-error=60"));
        await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(70));

        (await Get("/a", ("Cache-Control", "max-stale=30"))).Body.ShouldBe("1");
        (await Get("/a", ("Cache-Control", "max-stale=5"))).Body.ShouldBe("2");
        (await Get("/b", ("Cache-Control", "only-if-cached"))).Answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
    }

    [Theory]
    [InlineData("max-age=60, stale-if-error=60", true)]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=60, stale-if-error=60, must-revalidate", false)]
    public async Task Stale_stands_in_for_an_error_when_it_may(string control, bool stands)
    {
        await Start(context =>
        {
            if (Calls > 1)
            {
                context.Response.StatusCode = 500;
                return context.Response.WriteAsync("broken", Cancel);
            }

            return Say(context, control);
        });
        await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(70));

        var error = await Get("/a");
        error.Body.ShouldBe(stands ? "1" : "broken");

        await Service.DisposeAsync();
        var unreachable = await Get("/a");
        unreachable.Answer.StatusCode.ShouldBe(stands ? HttpStatusCode.OK : HttpStatusCode.BadGateway);
        if (stands)
        {
            unreachable.Status.ShouldEndWith("detail=stale-if-error");
            Time.Advance(TimeSpan.FromSeconds(60));
            (await Get("/a")).Answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        }
    }

    [Fact]
    public async Task Route_lets_the_last_good_response_stand_in()
    {
        await Start(
            context =>
            {
                context.Response.StatusCode = Calls == 1 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                return Say(context, null);
            },
            new RouteCache { StaleIfError = TimeSpan.FromMinutes(10) });
        await Get("/a");

        Time.Advance(TimeSpan.FromMinutes(5));
        (await Get("/a")).Body.ShouldBe("1");

        Time.Advance(TimeSpan.FromMinutes(6));
        (await Get("/a")).Answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }
}
