using System.Net;
using System.Text;
using Gatehouse.Api.Tests.Gateway.Auth;
using Gatehouse.Api.Tests.Modules;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Fallbacks;

/// <summary>What answers when a service does not, over real connections to services that fail and come back.</summary>
public sealed class FallbackTests
{
    private static readonly RouteFallback Fixed = new() { Status = 200, ContentType = "application/json", Body = """{"books":[]}""" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fixed_response_isGiven_whenNoInstanceTakesCalls()
    {
        await using var front = await Front.Start([Route(Fixed)], []);
        using var counters = new Counters(front.Services);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        response.Headers.GetValues("Gatehouse-Fallback").ShouldBe(["status"]);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe(Fixed.Body);
        counters["fallbacks"].ShouldBe(1);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(500, false)]
    [InlineData(404, false)]
    public async Task Fixed_response_isGiven_whenTheAttemptsFailed(int status, bool isFailure)
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-Own"] = "the service's";
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Route(Fixed)], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        ((int)response.StatusCode).ShouldBe(isFailure ? 200 : status);
        response.Headers.Contains("X-Own").ShouldBe(!isFailure);
    }

    [Fact]
    public async Task Fixed_response_isGiven_whenTheBulkheadIsFull_andWhenTheServiceHangs()
    {
        var begun = new SemaphoreSlim(0);
        await using var upstream = await Upstream.Start(async context =>
        {
            begun.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var route = Route(Fixed) with
        {
            Bulkhead = new RouteBulkhead { Concurrent = 1 },
            Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromSeconds(2) },
            Retry = new RouteRetry { Attempts = 1 },
        };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);
        var hanging = front.Client.GetAsync("/books/1", Cancellation);
        await begun.WaitAsync(Cancellation);

        using var full = await front.Client.GetAsync("/books/2", Cancellation);
        using var late = await hanging;

        (await full.Content.ReadAsStringAsync(Cancellation)).ShouldBe(Fixed.Body);
        (await late.Content.ReadAsStringAsync(Cancellation)).ShouldBe(Fixed.Body);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", "a book")]
    public async Task Other_service_answers_theSameRequest(string method, string? body)
    {
        await using var bad = await Upstream.Start(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
            context.Response.StatusCode = 503;
        });
        await using var other = await Upstream.Start(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync(Cancellation)}", Cancellation);
        });
        await using var front = await Front.Start(
            [Route(new RouteFallback { Service = "other" })],
            [Make.Entry("1", bad.Address), Make.Entry("1", other.Address, "OTHER")]);

        using var request = new HttpRequestMessage(new HttpMethod(method), "/books/1")
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "text/plain"),
        };
        using var response = await front.Client.SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe($"{method} /books/1 {body}");
        response.Headers.GetValues("Gatehouse-Fallback").ShouldBe(["service"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Module_thatStandsIn_getsTheWholeBody(bool reads)
    {
        await using var bad = await Upstream.Start(async context =>
        {
            if (reads)
            {
                await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
            }

            context.Response.StatusCode = 503;
        });
        await using var front = await Front.Start([Route(new RouteFallback { Service = "shelf" })], [Make.Entry("1", bad.Address)]);
        Shelf.AddTo(front, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"shelf {await reader.ReadToEndAsync(Cancellation)}", Cancellation);
        });

        using var response = await front.Client.PostAsync("/books/1", new StringContent("a book"), Cancellation);

        response.Headers.GetValues("Gatehouse-Fallback").ShouldBe(["service"]);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("shelf a book");
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(100_000, false)]
    public async Task Other_service_ofAModule_getsTheWholeBody_orIsNotAsked(int length, bool answers)
    {
        await using var other = await Upstream.Start(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"{(await reader.ReadToEndAsync(Cancellation)).Length}", Cancellation);
        });
        var route = Make.Route("/books/{**rest}", "shelf") with
        {
            Fallback = new RouteFallback { Service = "BOOKS" },
            Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromSeconds(1) },
        };
        await using var front = await Front.Start([route], [Make.Entry("1", other.Address)]);
        Shelf.AddTo(front, async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status201Created;
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        using var response = await front.Client.PostAsync("/books/1", new StringContent(new string('x', length)), Cancellation);

        response.StatusCode.ShouldBe(answers ? HttpStatusCode.OK : HttpStatusCode.GatewayTimeout);
        if (answers)
        {
            (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe($"{length}");
        }
    }

    [Fact]
    public async Task Module_thatStandsIn_takesNoMoreThanAModuleDoes()
    {
        // By HTTP/2, where an answer is read while the body is sent.
        await using var bad = await Upstream.Start(
            async context =>
            {
                await context.Request.Body.ReadExactlyAsync(new byte[1], Cancellation);
                context.Response.StatusCode = 503;
            },
            Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        await using var front = await Front.Start([Route(new RouteFallback { Service = "shelf" })], [Make.Entry("1", bad.Address, protocol: "h2c")]);
        var (asked, refused) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        Shelf.AddTo(front, async context =>
        {
            asked.SetResult();
            var refusal = await Should.ThrowAsync<BadHttpRequestException>(context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
            refused.SetResult(refusal.StatusCode);
        });
        using var content = new PushContent(async body =>
        {
            // As much as the front door's client does not hold back.
            await body.WriteAsync(new byte[40 * 1024], Cancellation);
            await body.FlushAsync(Cancellation);
            await asked.Task.WaitAsync(Cancellation);
            await body.WriteAsync(new byte[2 * 1024 * 1024], Cancellation);
        });

        var sent = front.Client.PostAsync("/books/1", content, Cancellation);

        (await refused.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).ShouldBe(413);
        // The answer may come, or the connection be closed before all is sent.
        await sent.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    [Fact]
    public async Task Last_good_response_isGivenAgain_untilTheServiceComesBack()
    {
        var (up, count) = (true, 0);
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.StatusCode = up ? 200 : 503;
            context.Response.ContentType = "text/plain";
            context.Response.Headers.ETag = "\"v1\"";
            await context.Response.WriteAsync($"answer {++count}", Cancellation);
        });
        var route = Cached() with { Retry = new RouteRetry { Attempts = 1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        (await front.Client.GetStringAsync("/books/1?x=1", Cancellation)).ShouldBe("answer 1");
        up = false;
        using var again = await front.Client.GetAsync("/books/1?x=1", Cancellation);
        using var head = await front.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/books/1?x=1"), Cancellation);
        using var another = await front.Client.GetAsync("/books/1?x=2", Cancellation);
        up = true;
        (await front.Client.GetStringAsync("/books/1?x=1", Cancellation)).ShouldStartWith("answer ");

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsStringAsync(Cancellation)).ShouldBe("answer 1");
        again.Headers.ETag!.Tag.ShouldBe("\"v1\"");
        again.Headers.Age.ShouldNotBeNull();
        again.Headers.GetValues("Gatehouse-Fallback").ShouldBe(["cached"]);
        again.Headers.CacheControl!.NoStore.ShouldBeTrue();
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe("answer 1".Length);
        another.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await another.Content.ReadAsStringAsync(Cancellation)).ShouldStartWith("answer ", Case.Sensitive, "what the service says is passed on when there is nothing better");
    }

    [Theory]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Cache-Control", "private, max-age=60")]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("Vary", "*")]
    public async Task Response_thatIsNotForOthers_isNotKept(string header, string value)
    {
        var up = true;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = up ? 200 : 503;
            context.Response.Headers[header] = value;
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Cached()], [Make.Entry("1", upstream.Address)]);

        using var first = await front.Client.GetAsync("/books/1", Cancellation);
        up = false;
        using var second = await front.Client.GetAsync("/books/1", Cancellation);

        second.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("Authorization", "Basic abc")]
    [InlineData("Cookie", "session=1")]
    [InlineData("X-API-Key", "k")]
    public async Task Response_toCredentials_isNotGivenToOthers(string header, string value)
    {
        var up = true;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = up ? 200 : 503;
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Cached()], [Make.Entry("1", upstream.Address)]);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1");
        request.Headers.Add(header, value);
        using var first = await front.Client.SendAsync(request, Cancellation);
        up = false;
        using var second = await front.Client.GetAsync("/books/1", Cancellation);

        second.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Response_thatVaries_isGivenToWhomItSuits()
    {
        var up = true;
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.StatusCode = up ? 200 : 503;
            context.Response.Headers.Vary = "Accept-Language";
            await context.Response.WriteAsync(context.Request.Headers.AcceptLanguage.ToString(), Cancellation);
        });
        await using var front = await Front.Start([Cached()], [Make.Entry("1", upstream.Address)]);

        using var first = await Ask(front, "de");
        up = false;
        using var german = await Ask(front, "de");
        using var french = await Ask(front, "fr");

        (await german.Content.ReadAsStringAsync(Cancellation)).ShouldBe("de");
        french.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Response_toAUser_isNotGivenToAnotherOfTheSameClient()
    {
        var up = true;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = up ? 200 : 503;
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Cached() with { Auth = new RouteAuth() }], [Make.Entry("1", upstream.Address)]);
        var alice = new TestToken().With("sub", "alice").ToString();

        (await Get(alice)).ShouldBe(HttpStatusCode.OK);
        up = false;

        (await Get(alice)).ShouldBe(HttpStatusCode.OK);
        (await Get(new TestToken().With("sub", "bob").ToString())).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Get(new TestToken().With("sub", "alice").With("client_id", "other").ToString())).ShouldBe(HttpStatusCode.ServiceUnavailable);

        async Task<HttpStatusCode> Get(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1") { Headers = { Authorization = new("Bearer", token) } };
            using var response = await front.Client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    private static async Task<HttpResponseMessage> Ask(Front front, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1");
        request.Headers.Add("Accept-Language", language);
        return await front.Client.SendAsync(request, Cancellation);
    }

    private static RouteDocument Cached() => Route(new RouteFallback { Cached = TimeSpan.FromMinutes(1) });

    private static RouteDocument Route(RouteFallback fallback) => Make.Route("/books/{**rest}") with
    {
        Fallback = fallback,
        Retry = new RouteRetry { Backoff = TimeSpan.FromMilliseconds(1) },
    };
}
