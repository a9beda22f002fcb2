using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>Many requests for the same at once.</summary>
public sealed class CoalescingTests : CachedFront
{
    [Fact]
    public async Task Stale_is_used_while_it_is_asked_for_anew_by_one()
    {
        var gate = new TaskCompletionSource();
        await Start(async context =>
        {
            if (Calls > 1)
            {
                await gate.Task;
            }

            await Say(context, "max-age=60, stale-while-revalidate=30");
        });
        await Get("/a");
        Time.Advance(TimeSpan.FromSeconds(70));

        for (var i = 0; i < 5; i++)
        {
            var stale = await Get("/a");
            stale.Body.ShouldBe("1");
            stale.Status.ShouldMatch("^gatehouse; hit; ttl=-1[01]; detail=stale-while-revalidate$");
        }

        await Until.Holds(() => Calls == 2);
        gate.SetResult();
        await Until.Holds(async () => (await Get("/a")).Body == "2");
        Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_requests_for_the_same_one_is_sent()
    {
        var gate = new TaskCompletionSource();
        await Start(async context =>
        {
            var turn = Calls;
            await gate.Task;
            context.Response.Headers.CacheControl = "max-age=60";
            await context.Response.WriteAsync($"{turn}", Cancel);
        });

        var requests = Enumerable.Range(0, 30).Select(_ => Get("/a")).ToArray();
        await Until.Holds(() => Calls == 1);
        gate.SetResult();
        var answers = await Task.WhenAll(requests);

        answers.ShouldAllBe(answer => answer.Body == "1");
        Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_waits_for_a_response_that_is_not_to_be_kept()
    {
        var gate = new TaskCompletionSource();
        await Start(async context =>
        {
            var turn = Calls;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync($"{turn}", Cancel);
            await context.Response.Body.FlushAsync(Cancel);
            if (turn == 1)
            {
                await gate.Task;
            }
        });

        var first = Get("/a");
        await Until.Holds(() => Calls == 1);
        (await Get("/a")).Body.ShouldBe("2");

        gate.SetResult();
        (await first).Body.ShouldBe("1");
    }
}
