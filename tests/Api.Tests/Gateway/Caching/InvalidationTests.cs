using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>What is taken out of the cache is not used again.</summary>
public sealed class InvalidationTests : CachedFront
{
    [Fact]
    public async Task Change_takes_out_what_is_kept_of_its_address_and_of_those_it_names()
    {
        await Start(context =>
        {
            context.Response.Headers.Location = "/b";
            context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method) && context.Request.Headers.ContainsKey("X-Fail") ? 400 : 200;
            return Say(context, "max-age=60");
        });
        await Get("/a");
        await Get("/b");
        await Get("/c");

        using var failing = new HttpRequestMessage(HttpMethod.Post, "/a") { Headers = { { "X-Fail", "1" } } };
        (await Front.Client.SendAsync(failing, Cancel)).Dispose();
        (await Get("/a")).Body.ShouldBe("1");

        (await Front.Client.PostAsync("/a", null, Cancel)).Dispose();
        (await Get("/a")).Body.ShouldBe("6");
        (await Get("/b")).Body.ShouldBe("7");
        (await Get("/c")).Body.ShouldBe("3");
    }

    [Theory]
    [InlineData("all", true)]
    [InlineData("route:cached", true)]
    [InlineData("route:other", false)]
    [InlineData("tag:book-1", true)]
    [InlineData("tag:books", true)]
    [InlineData("tag:book-2", false)]
    [InlineData("prefix:/books/", true)]
    [InlineData("prefix:/book/", false)]
    [InlineData("prefix:localhost/books", false)]
    public async Task Invalidated_is_not_used_again(string target, bool covers)
    {
        await Start(
            context =>
            {
                context.Response.Headers["Cache-Tag"] = "book-1, book-9";
                return Say(context, "max-age=60");
            },
            new RouteCache { Tags = ["books"] });
        await Get("/books/1");

        Invalidate(target, 5);

        (await Get("/books/1")).Body.ShouldBe(covers ? "2" : "1");
        (await Get("/books/1")).Body.ShouldBe(covers ? "2" : "1");
    }

    [Fact]
    public async Task What_was_asked_for_before_an_invalidation_is_not_used_after_it()
    {
        var gate = new TaskCompletionSource();
        await Start(async context =>
        {
            var turn = Calls;
            if (turn == 1)
            {
                await gate.Task;
            }

            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync($"{turn}", Cancel);
        });

        var first = Get("/a");
        await Until.Holds(() => Calls == 1);
        Invalidate("all", 7);
        // Not by waiting for the one that was sent before.
        (await Get("/a")).Body.ShouldBe("2");
        gate.SetResult();
        (await first).Body.ShouldBe("1");

        (await Get("/a")).Body.ShouldBe("2");
    }

    [Fact]
    public async Task Without_a_lease_the_cache_is_not_used()
    {
        await Start(context => Say(context, "max-age=60"));
        await Get("/a");

        SetLease(LeaseState.Stale);

        var answer = await Get("/a");
        (answer.Body, answer.Status).ShouldBe(("2", "gatehouse; fwd=bypass"));
    }
}
