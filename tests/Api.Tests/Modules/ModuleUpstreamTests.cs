using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Modules;

/// <summary>The policies of a route before a module, whose endpoints are slow, loud, or do not end.</summary>
public sealed class ModuleUpstreamTests
{
    private static readonly Uri Book = new("/books/1", UriKind.Relative);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timeout_isA504_andTheModuleIsToldToStop()
    {
        var stopped = new TaskCompletionSource();
        await using var front = await Start(Route() with { Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromMilliseconds(100) } }, async context =>
        {
            context.RequestAborted.Register(stopped.SetResult);
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Own"] = "the module's";
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        using var response = await front.Client.GetAsync(Book, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:upstream-timeout");
        response.Headers.Contains("X-Own").ShouldBeFalse();
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Fallback_afterATimeout_hasNothingOfTheModules_andWhatPoliciesSaidBefore()
    {
        var route = Route() with
        {
            Timeouts = new RouteTimeouts { PerTry = TimeSpan.FromMilliseconds(100) },
            Fallback = new RouteFallback { Status = 200, ContentType = "text/plain", Body = "instead" },
            Limits = [new RouteLimit { Permits = 10, Per = TimeSpan.FromMinutes(1), By = LimitSubject.Route }],
        };
        await using var front = await Start(route, async context =>
        {
            context.Response.Headers["X-Own"] = "the module's";
            context.Response.Headers.ContentLength = 1;
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        using var response = await front.Client.GetAsync(Book, Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("instead");
        response.Headers.Contains("X-Own").ShouldBeFalse();
        response.Headers.Contains("RateLimit-Policy").ShouldBeTrue();
    }

    [Fact]
    public async Task Bulkhead_thatIsFull_refuses()
    {
        var (begun, go) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var front = await Start(Route() with { Bulkhead = new RouteBulkhead { Concurrent = 1 } }, async context =>
        {
            begun.Release();
            await go.Task.WaitAsync(context.RequestAborted);
        });
        var held = front.Client.GetAsync(Book, Cancel);
        await begun.WaitAsync(Cancel);

        using var refused = await front.Client.GetAsync(Book, Cancel);
        go.SetResult();
        using var served = await held;

        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:bulkhead-full");
        served.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Compression_ofTheRoute_compressesWhatTheModuleWrites()
    {
        var text = string.Concat(Enumerable.Repeat("a text that is long enough to gain ", 200));
        await using var front = await Start(Route() with { Compression = new RouteCompression() }, context =>
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(text, Cancel);
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, Book) { Headers = { AcceptEncoding = { new("gzip") } } };

        using var response = await front.Client.SendAsync(request, Cancel);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        using var reader = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress));
        (await reader.ReadToEndAsync(Cancel)).ShouldBe(text);
    }

    [Fact]
    public async Task Inject_andADeniedAddress_areAnsweredBeforeTheModule()
    {
        var calls = 0;
        Task Count(HttpContext context)
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        }

        await using var faulty = await Start(Route() with { Inject = new FaultInjection { Status = 503 } }, Count);
        await using var closed = await Start(Route() with { Addresses = new RouteAddresses { Deny = ["127.0.0.0/8"] } }, Count);

        using var injected = await faulty.Client.GetAsync(Book, Cancel);
        using var denied = await closed.Client.GetAsync(Book, Cancel);

        injected.Headers.GetValues("Gatehouse-Fault").ShouldBe(["status"]);
        denied.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        calls.ShouldBe(0);
    }

    [Fact]
    public async Task Cors_ofTheRoute_answersThePreflight_andMarksTheResponse()
    {
        const string app = "https://app.example.org";
        await using var front = await Start(Route() with { Cors = new RouteCors { Origins = [app] } }, _ => Task.CompletedTask);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, Book) { Headers = { { "Origin", app }, { "Access-Control-Request-Method", "GET" } } };
        using var request = new HttpRequestMessage(HttpMethod.Get, Book) { Headers = { { "Origin", app } } };

        using var allowed = await front.Client.SendAsync(preflight, Cancel);
        using var response = await front.Client.SendAsync(request, Cancel);

        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        allowed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([app]);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([app]);
    }

    [Fact]
    public async Task Mirror_ofTheRoute_copiesTheRequest()
    {
        var copies = new ConcurrentQueue<string>();
        await using var shadow = await Upstream.Start(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            copies.Enqueue($"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync(Cancel)}");
        });
        await using var front = await Front.Start([Route() with { Mirror = new RouteMirror { Service = "SHADOW" } }], [Make.Entry("s", shadow.Address, "SHADOW")]);
        Shelf.AddTo(front, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync(Cancel), Cancel);
        });

        using var response = await front.Client.PutAsync(Book, new StringContent("a book"), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("a book");
        await Until.Holds(() => copies.Contains("PUT /books/1 a book"));
    }

    [Fact]
    public async Task Log_ofTheRoute_hasTheModulesAnswer_withoutItsSecrets()
    {
        var output = new MemoryStream();
        var route = Route() with { Log = new RouteLog { ResponseHeaders = true, ResponseBody = 1024 } };
        await using var front = await Front.Start([route], [], services: services => services.AddSingleton(new AccessOutput(() => output, output)));
        Shelf.AddTo(front, context =>
        {
            context.Response.Headers.SetCookie = "sid=hunter2";
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("""{"token":"hunter2","title":"Emma"}""", Cancel);
        });

        using var response = await front.Client.GetAsync(Book, Cancel);
        await front.Stop();

        var line = JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()).RootElement;
        line.GetProperty("route").GetString().ShouldBe(route.Id);
        line.GetProperty("service").GetString().ShouldBe("SHELF");
        line.GetProperty("response.set-cookie").GetString().ShouldBe("***");
        line.GetProperty("responseBody").GetString().ShouldBe("""{"token":"***","title":"Emma"}""");
    }

    private static RouteDocument Route() => Make.Route("/books/{**rest}", "SHELF");

    private static async Task<Front> Start(RouteDocument route, RequestDelegate endpoints)
    {
        var front = await Front.Start([route], []);
        Shelf.AddTo(front, endpoints);
        return front;
    }
}
