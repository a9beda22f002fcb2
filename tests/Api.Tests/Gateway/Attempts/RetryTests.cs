using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

/// <summary>A failed attempt is made again where that is safe, and only there: over real connections to services that fail.</summary>
public sealed class RetryTests
{
    private static readonly RouteDocument Route = Make.Route("/books/{**rest}") with
    {
        Retry = new RouteRetry { Backoff = TimeSpan.FromMilliseconds(1) },
        Circuit = RouteCircuit.None,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", null, true)]
    [InlineData("HEAD", null, true)]
    [InlineData("OPTIONS", null, true)]
    [InlineData("PUT", "a book", true)]
    [InlineData("DELETE", null, true)]
    [InlineData("POST", "a book", false)]
    [InlineData("PATCH", "a book", false)]
    public async Task Failed_attempt_isMadeAgainAtAnotherInstance_whenItsMethodIsIdempotent(string method, string? body, bool again)
    {
        await using var bad = await Service.Start(503);
        await using var good = await Service.Start(200);
        await using var front = await Front.Start([Route], [Make.Entry("bad", bad.Address), Make.Entry("good", good.Address)]);
        using var counters = new Counters(front.Services);

        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await front.Client.SendAsync(Request(method, body), Cancellation);
            statuses.Add((int)response.StatusCode);
        }

        bad.Requests.Count.ShouldBe(2);
        good.Requests.Count.ShouldBe(again ? 4 : 2);
        statuses.Count(status => status == 200).ShouldBe(again ? 4 : 2);
        good.Requests.ShouldAllBe(request => request.Body == (body ?? ""));
        counters["retries"].ShouldBe(again ? 2 : 0);
    }

    [Fact]
    public async Task Failed_attempt_isMadeAgain_whenTheRequestHasAnIdempotencyKey()
    {
        await using var bad = await Service.Start(502);
        await using var good = await Service.Start(201);
        await using var front = await Front.Start([Route], [Make.Entry("bad", bad.Address), Make.Entry("good", good.Address)]);

        for (var i = 0; i < 2; i++)
        {
            var request = Request("POST", "a book");
            request.Headers.Add("Idempotency-Key", $"\"{i}\"");
            using var response = await front.Client.SendAsync(request, Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        bad.Requests.Count.ShouldBe(1);
        good.Requests.Select(request => request.Body).ShouldBe(["a book", "a book"]);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", "a book")]
    public async Task Instance_thatCannotBeReached_isPassedOverByAnyMethod(string method, string? body)
    {
        await using var good = await Service.Start(200);
        await using var front = await Front.Start([Route], [Make.Entry("gone", Gone()), Make.Entry("good", good.Address)]);

        for (var i = 0; i < 4; i++)
        {
            using var response = await front.Client.SendAsync(Request(method, body), Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        good.Requests.Select(request => request.Body).ShouldAllBe(got => got == (body ?? ""));
        good.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Instance_thatBreaksOff_isPassedOver()
    {
        await using var bad = await Upstream.Start(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var good = await Service.Start(200);
        await using var front = await Front.Start([Route], [Make.Entry("bad", bad.Address), Make.Entry("good", good.Address)]);

        for (var i = 0; i < 4; i++)
        {
            using var response = await front.Client.SendAsync(Request("PUT", "a book"), Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        good.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Instance_thatHangs_isPassedOverAfterTheTimeOfOneAttempt()
    {
        await using var bad = await Upstream.Start(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var good = await Service.Start(200);
        var route = Route with { Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromMilliseconds(300) } };
        await using var front = await Front.Start([route], [Make.Entry("bad", bad.Address), Make.Entry("good", good.Address)]);

        for (var i = 0; i < 2; i++)
        {
            using var response = await front.Client.GetAsync("/books/1", Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Last_attempt_isPassedOnAsItIs()
    {
        await using var bad = await Upstream.Start(async context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsync("not now", Cancellation);
        });
        await using var front = await Front.Start([Route], [Make.Entry("1", bad.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("not now");
    }

    [Fact]
    public async Task Service_withOneInstance_isAskedAgain()
    {
        var requests = 0;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref requests) == 1 ? 503 : 200;
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Route], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task Response_thatHasBegun_isNotMadeAgain()
    {
        var (requests, seen) = (0, new TaskCompletionSource());
        await using var upstream = await Upstream.Start(async context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("half", Cancellation);
            await context.Response.Body.FlushAsync(Cancellation);
            await seen.Task.WaitAsync(Cancellation);
            context.Abort();
        });
        await using var front = await Front.Start([Route], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync("/books/1", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        seen.SetResult();
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(Cancellation));

        requests.ShouldBe(1);
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData((64 * 1024) + 1, false)]
    public async Task Body_isSentAgain_whenNotMoreOfItWasReadThanIsRemembered(int size, bool again)
    {
        await using var bad = await Service.Start(503);
        await using var good = await Service.Start(200);
        await using var front = await Front.Start([Route], [Make.Entry("bad", bad.Address), Make.Entry("good", good.Address)]);
        var body = new string('x', size);

        var statuses = new List<int>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await front.Client.SendAsync(Request("PUT", body), Cancellation);
            statuses.Add((int)response.StatusCode);
        }

        statuses.Order().ShouldBe(again ? [200, 200] : [200, 503]);
        good.Requests.ShouldAllBe(request => request.Body == body);
    }

    [Fact]
    public async Task Body_thatIsStillBeingSent_goesOnToTheNextInstance()
    {
        // Refuses before it has read the body, as a service does that is overloaded. In HTTP/1.1 that is seen when it is sent whole.
        await using var bad = await Upstream.Start(
            async context =>
            {
                context.Response.StatusCode = 503;
                await context.Response.CompleteAsync();
            },
            HttpProtocols.Http2);
        await using var good = await Service.Start(200, HttpProtocols.Http2);
        await using var front = await Front.Start(
            [Route], [Make.Entry("bad", bad.Address, protocol: "h2c"), Make.Entry("good", good.Address, protocol: "h2c")]);

        for (var i = 0; i < 4; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, front.Url.Port, Cancellation);
            var stream = socket.GetStream();
            await stream.WriteAsync("PUT /books/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nConnection: close\r\n\r\n01234"u8.ToArray(), Cancellation);
            // The first attempt, where it was at the bad one, is over before the rest comes.
            await Condition(() => good.Begun > i);
            await stream.WriteAsync("56789"u8.ToArray(), Cancellation);
            using var reader = new StreamReader(stream);
            (await reader.ReadToEndAsync(Cancellation)).ShouldStartWith("HTTP/1.1 200");
        }

        good.Requests.ShouldAllBe(request => request.Body == "0123456789");
        good.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Retries_endWhenTheBudgetIsUsedUp()
    {
        await using var bad = await Service.Start(503);
        await using var front = await Front.Start([Route], [Make.Entry("1", bad.Address)]);
        using var counters = new Counters(front.Services);

        for (var i = 0; i < 100; i++)
        {
            using var response = await front.Client.GetAsync("/books/1", Cancellation);
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        // A fifth of the requests and ten more. What expires meanwhile only takes away, but for the ten, of which a few come anew.
        counters["retries"].ShouldBeInRange(10, 40);
        (bad.Requests.Count - 100).ShouldBe((int)counters["retries"]);
        (counters["retries"] + counters["retry_budget.exhausted"]).ShouldBe(100);
    }

    [Fact]
    public async Task Retries_canBeTurnedOff()
    {
        await using var bad = await Service.Start(503);
        await using var front = await Front.Start([Route with { Retry = new RouteRetry { Attempts = 1 } }], [Make.Entry("1", bad.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        bad.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Retries_areMadeAfterWhatTheRouteNames()
    {
        await using var bad = await Service.Start(503);
        await using var worse = await Service.Start(500);
        var route = Route with { Retry = Route.Retry with { Statuses = [500], Attempts = 3 } };
        await using var front = await Front.Start(
            [route, Make.Route("/other/{**rest}", "OTHER") with { Retry = route.Retry }],
            [Make.Entry("1", bad.Address), Make.Entry("1", worse.Address, "OTHER")]);

        using var first = await front.Client.GetAsync("/books/1", Cancellation);
        using var second = await front.Client.GetAsync("/other/1", Cancellation);

        bad.Requests.Count.ShouldBe(1);
        worse.Requests.Count.ShouldBe(3);
    }

    private static HttpRequestMessage Request(string method, string? body) => new(new HttpMethod(method), "/books/1")
    {
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, "text/plain"),
    };

    private static string Gone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    private static async Task Condition(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>A service that answers with a status, and remembers what it was asked.</summary>
    private sealed class Service(Upstream upstream, ConcurrentQueue<(string Method, string Body)> requests, Func<int> begun) : IAsyncDisposable
    {
        public string Address => upstream.Address;

        public ConcurrentQueue<(string Method, string Body)> Requests => requests;

        public int Begun => begun();

        public static async Task<Service> Start(int status, HttpProtocols protocols = HttpProtocols.Http1)
        {
            var requests = new ConcurrentQueue<(string, string)>();
            var begun = 0;
            var upstream = await Upstream.Start(
                async context =>
                {
                    Interlocked.Increment(ref begun);
                    using var reader = new StreamReader(context.Request.Body);
                    requests.Enqueue((context.Request.Method, await reader.ReadToEndAsync(Cancellation)));
                    context.Response.StatusCode = status;
                },
                protocols);
            return new Service(upstream, requests, () => Volatile.Read(ref begun));
        }

        public ValueTask DisposeAsync() => upstream.DisposeAsync();
    }
}
