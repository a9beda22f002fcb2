using System.Collections.Immutable;
using System.Net;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Gateway.Limits;

public sealed class LimitTests
{
    private static readonly RouteLimit Window = new()
    {
        Permits = 5,
        Per = TimeSpan.FromMinutes(1),
        Algorithm = LimitAlgorithm.SlidingWindow,
        By = LimitSubject.Route,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_beyond_the_limit_are_refused_with_headers_that_say_so()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, [Window]);

        using var first = await front.Client.GetAsync("/a", Cancel);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"1m\";q=5;w=60"]);
        // What is left is as of the last exchange, and one may be under way.
        first.Headers.GetValues("RateLimit").ShouldHaveSingleItem().ShouldMatch("^\"1m\";r=[34];t=[0-9]+$");
        (await Send(front, 4)).ShouldAllBe(status => status == HttpStatusCode.OK);

        using var refused = await front.Client.GetAsync("/a", Cancel);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:rate-limited");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(62));
        refused.Headers.GetValues("RateLimit").ShouldHaveSingleItem().ShouldStartWith("\"1m\";r=0;t=");
        refused.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"1m\";q=5;w=60"]);
    }

    [Fact]
    public async Task Three_front_doors_together_admit_no_more_than_the_limit()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var limiters = new BookLimiters();
        var route = Route([Window with { Permits = 50 }]);
        await using var a = await Start(upstream, route, limiters);
        await using var b = await Start(upstream, route, limiters);
        await using var c = await Start(upstream, route, limiters);

        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(async i =>
        {
            var door = (i % 3) switch { 0 => a, 1 => b, _ => c };
            return (await Send(door, 1)).Single();
        }));

        answers.Count(status => status == HttpStatusCode.OK).ShouldBeInRange(30, 50);
        answers.ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Each_header_value_has_a_limit_of_its_own()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, [Window with { Permits = 2, By = LimitSubject.Header, Header = "X-Tenant" }]);

        (await Send(front, 3, "a")).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        (await Send(front, 3, "b")).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        (await Send(front, 3)).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
    }

    [Fact]
    public async Task All_of_several_limits_must_admit_and_a_refused_request_uses_up_none()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, [Window with { Permits = 4 }, Window with { Permits = 2, By = LimitSubject.Header, Header = "X-Tenant" }]);

        (await Send(front, 5, "a")).Count(status => status == HttpStatusCode.OK).ShouldBe(2);
        using var other = new HttpRequestMessage(HttpMethod.Get, "/a");
        other.Headers.Add("X-Tenant", "b");
        using var answer = await front.Client.SendAsync(other, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("RateLimit-Policy").ShouldBe(["\"1m\";q=4;w=60, \"1m-2\";q=2;w=60"]);
        (await Send(front, 1, "c")).ShouldBe([HttpStatusCode.OK]);
    }

    [Fact]
    public async Task No_more_requests_than_slots_are_served_at_once()
    {
        using var gate = new SemaphoreSlim(0);
        var inside = 0;
        await using var upstream = await Upstream.Start(async _ =>
        {
            Interlocked.Increment(ref inside);
            await gate.WaitAsync(Cancel);
        });
        await using var front = await Start(upstream, [new RouteLimit { Permits = 2, Algorithm = LimitAlgorithm.Concurrent, By = LimitSubject.Route }]);

        var served = new[] { front.Client.GetAsync("/a", Cancel), front.Client.GetAsync("/a", Cancel) };
        SpinWait.SpinUntil(() => Volatile.Read(ref inside) == 2, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        using var refused = await front.Client.GetAsync("/a", Cancel);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:too-many-concurrent");

        gate.Release(3);
        foreach (var response in await Task.WhenAll(served))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Dispose();
        }

        // The slot is free when the answer's end has been sent, which the client may see a moment earlier.
        var next = HttpStatusCode.TooManyRequests;
        for (var i = 0; i < 100 && next != HttpStatusCode.OK; i++)
        {
            next = (await Send(front, 1)).Single();
        }

        next.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.ServiceUnavailable)]
    [InlineData(true, HttpStatusCode.OK)]
    public async Task A_limiter_that_does_not_answer_refuses_unless_the_route_says_otherwise(bool admit, HttpStatusCode expected)
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, Route([Window with { AdmitUnknown = admit }]), new BookLimiters { Broken = true });

        (await Send(front, 2)).ShouldBe([expected, expected]);
    }

    [Fact]
    public async Task A_warmed_up_limit_makes_far_fewer_exchanges_than_requests()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var limiters = new BookLimiters();
        await using var front = await Start(upstream, Route([Window with { Permits = 100_000 }]), limiters);
        await Send(front, 200);
        var before = limiters.Exchanges;

        await Send(front, 1000);

        (limiters.Exchanges - before).ShouldBeLessThan(200);
    }

    private static RouteDocument Route(ImmutableArray<RouteLimit> limits) => Make.Route("/{**rest}") with { Limits = limits };

    private static Task<Front> Start(Upstream upstream, ImmutableArray<RouteLimit> limits) => Start(upstream, Route(limits), new BookLimiters());

    private static Task<Front> Start(Upstream upstream, RouteDocument route, BookLimiters limiters) =>
        Front.Start([route], [Make.Entry("i", upstream.Address)], limiters: limiters);

    private static async Task<List<HttpStatusCode>> Send(Front front, int times, string? tenant = null)
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
            if (tenant is not null)
            {
                request.Headers.Add("X-Tenant", tenant);
            }

            using var response = await front.Client.SendAsync(request, Cancel);
            answers.Add(response.StatusCode);
        }

        return answers;
    }
}
