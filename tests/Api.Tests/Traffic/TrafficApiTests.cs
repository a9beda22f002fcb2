using System.Net;
using System.Text.Json;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Traffic;

/// <summary>The cluster's traffic as operators ask for it, from a real front door with its grains.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class TrafficApiTests(GatehouseHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traffic_ofAService_isToldByEveryKind()
    {
        var service = await Call(requests: 10, failures: 3);

        var traffic = await Until(service, body => body.GetProperty("services").GetArrayLength() == 1 && Calls(body, "services") == 10);

        var figures = traffic.GetProperty("services")[0].GetProperty("figures");
        figures.GetProperty("errors").GetInt64().ShouldBe(3);
        figures.GetProperty("errorRate").GetDouble().ShouldBe(0.3);
        figures.GetProperty("inFlight").GetInt64().ShouldBe(0);
        figures.GetProperty("bytesOut").GetInt64().ShouldBe(50);
        figures.GetProperty("outcomes").GetProperty("failure").GetInt64().ShouldBe(3);
        var latency = figures.GetProperty("latency");
        latency.GetProperty("max").GetDouble().ShouldBeGreaterThanOrEqualTo(latency.GetProperty("p99").GetDouble());
        latency.GetProperty("p99").GetDouble().ShouldBeGreaterThanOrEqualTo(latency.GetProperty("p50").GetDouble());
        latency.GetProperty("mean").GetDouble().ShouldBeGreaterThan(0);
        traffic.GetProperty("total").GetProperty("calls").GetInt64().ShouldBeGreaterThanOrEqualTo(10);
        traffic.GetProperty("frontDoors").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("1h")]
    [InlineData("24h")]
    public async Task Traffic_overLongerWindows_hasItToo(string window)
    {
        var service = await Call(requests: 2, failures: 0);

        await Until(service, body => Calls(body, "services") == 2, $"&window={window}");
    }

    [Fact]
    public async Task Traffic_asEventStream_comesEverySecond()
    {
        var service = await Call(requests: 1, failures: 0);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/admin/v1/traffic?by=service&name={service}");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await host.Management.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));

        var seen = 0;
        while (seen < 2 && await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var body = JsonDocument.Parse(line[6..]);
                body.RootElement.GetProperty("window").GetString().ShouldBe("1m");
                seen++;
            }
        }

        seen.ShouldBe(2);
    }

    [Theory]
    [InlineData("window=2m", "window")]
    [InlineData("by=route,colour", "by")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("colour=red", "colour")]
    public async Task Traffic_badQuery_isRefusedByName(string query, string field)
    {
        using var response = await host.Management.GetAsync(new Uri($"/admin/v1/traffic?{query}", UriKind.Relative), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        problem.RootElement.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task HystrixStream_tellsServicesAsCommands()
    {
        var service = await Call(requests: 4, failures: 1);
        using var response = await host.Management.GetAsync(
            new Uri("/hystrix.stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));

        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
            {
                continue;
            }

            using var data = JsonDocument.Parse(line[6..]);
            var command = data.RootElement;
            if (command.GetProperty("name").GetString() == service && command.GetProperty("requestCount").GetInt64() == 4)
            {
                command.GetProperty("type").GetString().ShouldBe("HystrixCommand");
                command.GetProperty("errorCount").GetInt64().ShouldBe(1);
                command.GetProperty("errorPercentage").GetInt64().ShouldBe(25);
                command.GetProperty("rollingCountSuccess").GetInt64().ShouldBe(3);
                command.GetProperty("rollingCountFailure").GetInt64().ShouldBe(1);
                command.GetProperty("latencyTotal").EnumerateObject().Select(one => one.Name)
                    .ShouldBe(["0", "25", "50", "75", "90", "95", "99", "99.5", "100"]);
                command.GetProperty("isCircuitBreakerOpen").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
                command.GetProperty("propertyValue_metricsRollingStatisticalWindowInMilliseconds").GetInt64().ShouldBeInRange(55_000, 60_000);
                return;
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }

    [Fact]
    public async Task Metrics_haveTheServicesHistogram()
    {
        var service = await Call(requests: 2, failures: 0);
        var line = $"gatehouse_service_duration_seconds_count{{service=\"{service}\"}} 2";

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!(await host.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation)).Contains(line, StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    private static long Calls(JsonElement body, string kind) => body.GetProperty(kind).EnumerateArray()
        .Sum(one => one.GetProperty("figures").GetProperty("calls").GetInt64());

    private async Task<string> Call(int requests, int failures)
    {
        var service = $"TRAFFIC-{Guid.NewGuid():N}".ToUpperInvariant();
        var calls = 0;
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref calls) <= failures ? 500 : 200;
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("hello", Cancellation);
        });
        using var registered = await host.Management.PutAsync(
            new Uri($"/registry/v1/services/{service}/instances/1", UriKind.Relative),
            new StringContent($$"""{"address":"{{upstream.Address}}"}""", null, "application/json"),
            Cancellation);
        registered.EnsureSuccessStatusCode();
        for (var i = 0; i < requests; i++)
        {
            using var response = await host.Public.GetAsync(new Uri($"/{service}/x", UriKind.Relative), Cancellation);
        }

        return service;
    }

    private async Task<JsonElement> Until(string service, Func<JsonElement, bool> holds, string more = "")
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var text = await host.Management.GetStringAsync(new Uri($"/admin/v1/traffic?name={service}{more}", UriKind.Relative), Cancellation);
            using var body = JsonDocument.Parse(text);
            if (holds(body.RootElement))
            {
                return body.RootElement.Clone();
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }
}
