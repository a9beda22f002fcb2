using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Gateway.Auth;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Telemetry;

/// <summary>The lines that requests leave, over real connections.</summary>
public sealed class AccessLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_leavesOneLine_withoutItsQuery()
    {
        var route = Make.Route("/books/{**rest}");
        await using var upstream = await Answering(200);
        var (output, front) = await Start(route, upstream, enabled: true);
        await using var _ = front;

        using var response = await front.Client.GetAsync(new Uri("/books/a%22b?code=hunter2", UriKind.Relative), Cancellation);

        var line = (await Lines(front, output)).ShouldHaveSingleItem();
        line.GetProperty("route").GetString().ShouldBe(route.Id);
        line.GetProperty("method").GetString().ShouldBe("GET");
        line.GetProperty("path").GetString().ShouldBe("/books/a\"b");
        line.GetProperty("status").GetInt32().ShouldBe(200);
        line.GetProperty("outcome").GetString().ShouldBe("success");
        line.GetProperty("service").GetString().ShouldBe("BOOKS");
        line.GetProperty("instance").GetString().ShouldBe("1");
        line.GetProperty("attempts").GetInt32().ShouldBe(1);
        line.GetProperty("client").GetString().ShouldBe("127.0.0.1");
        line.GetProperty("bytesOut").GetInt64().ShouldBe(2);
        line.GetProperty("durationMicros").GetInt64().ShouldBeGreaterThan(0);
        line.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        line.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Request_withAToken_tellsTheProgramAndThePerson()
    {
        await using var upstream = await Answering(200);
        var (output, front) = await Start(Make.Route("/books/{**rest}") with { Auth = new RouteAuth() }, upstream, enabled: true);
        await using var _ = front;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/books/1") { Headers = { Authorization = new("Bearer", new TestToken().ToString()) } };

        using var response = await front.Client.SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        var line = (await Lines(front, output)).ShouldHaveSingleItem();
        line.GetProperty("consumer").GetString().ShouldBe("shop");
        line.GetProperty("caller").GetString().ShouldBe("user:alice");
        front.Services.GetRequiredService<TrafficTable>().EnteredOf(SeriesKind.Consumer, "shop").ShouldBe(1);
    }

    [Fact]
    public async Task Sampling_keepsErrors()
    {
        var calls = 0;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref calls) % 5 == 0 ? 500 : 200;
            return Task.CompletedTask;
        });
        var (output, front) = await Start(Make.Route("/books/{**rest}"), upstream, enabled: true, sample: 0);
        await using var _ = front;
        for (var i = 0; i < 20; i++)
        {
            using var response = await front.Client.GetAsync(new Uri("/books/1", UriKind.Relative), Cancellation);
        }

        var lines = await Lines(front, output);
        lines.Count.ShouldBe(4);
        lines.ShouldAllBe(line => line.GetProperty("status").GetInt32() == 500);
    }

    [Fact]
    public async Task Refusal_tellsTheProblem()
    {
        await using var upstream = await Answering(200);
        var (output, front) = await Start(Make.Route("/books/{**rest}"), upstream, enabled: true);
        await using var _ = front;
        using var response = await front.Client.GetAsync(new Uri("/nowhere", UriKind.Relative), Cancellation);

        var line = (await Lines(front, output)).ShouldHaveSingleItem();
        line.GetProperty("problem").GetString().ShouldBe("no-route");
        line.GetProperty("status").GetInt32().ShouldBe(404);
        line.TryGetProperty("route", out var _).ShouldBeFalse();
    }

    [Fact]
    public async Task RouteThatAsksForMore_getsHeadersAndBodiesWithoutSecrets_asFarAsItsCapsGo()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
            context.Response.Headers.SetCookie = "sid=hunter2";
            context.Response.Headers["X-Shelf"] = "7";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($"{{\"token\":\"hunter2\",\"title\":\"{new string('x', 500)}\"}}", Cancellation);
        });
        var route = Make.Route("/books/{**rest}") with
        {
            Log = new RouteLog { RequestHeaders = true, ResponseHeaders = true, RequestBody = 4096, ResponseBody = 100, Redact = ["isbn"] },
        };
        var (output, front) = await Start(route, upstream, enabled: false);
        await using var _ = front;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/books/1");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer hunter2");
        request.Headers.TryAddWithoutValidation("X-Reader", "ann");
        request.Content = JsonContent.Create(new { isbn = "hunter2", author = "Thoreau" });
        using var response = await front.Client.SendAsync(request, Cancellation);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldContain("hunter2");

        var line = (await Lines(front, output)).ShouldHaveSingleItem();
        line.GetProperty("request.authorization").GetString().ShouldBe("***");
        line.GetProperty("request.x-reader").GetString().ShouldBe("ann");
        line.GetProperty("response.x-shelf").GetString().ShouldBe("7");
        line.GetProperty("response.set-cookie").GetString().ShouldBe("***");
        line.GetProperty("requestBody").GetString().ShouldBe("""{"isbn":"***","author":"Thoreau"}""");
        line.GetProperty("responseBody").GetString()!.ShouldStartWith("""{"token":"***","title":""");
        line.GetProperty("responseBodyTruncated").GetString().ShouldBe("true");
        line.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task NotEnabled_leavesNothing()
    {
        await using var upstream = await Answering(200);
        var (output, front) = await Start(Make.Route("/books/{**rest}"), upstream, enabled: false);
        await using var _ = front;
        using var response = await front.Client.GetAsync(new Uri("/books/1", UriKind.Relative), Cancellation);

        (await Lines(front, output)).ShouldBeEmpty();
    }

    private static Task<Upstream> Answering(int status) => Upstream.Start(async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 2;
        await context.Response.WriteAsync("ok", Cancellation);
    });

    private static async Task<(MemoryStream Output, Front Front)> Start(RouteDocument route, Upstream upstream, bool enabled, double sample = 1)
    {
        var output = new MemoryStream();
        var front = await Front.Start([route], [Make.Entry("1", upstream.Address)], services: services =>
        {
            services.AddSingleton(new AccessOutput(() => output, output));
            services.Configure<AccessLogOptions>(options => (options.Enabled, options.Sample) = (enabled, sample));
        });
        return (output, front);
    }

    // Everything is written when the front door has stopped.
    private static async Task<List<JsonElement>> Lines(Front front, MemoryStream output)
    {
        await front.Stop();
        return
        [
            .. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.Clone()),
        ];
    }
}
