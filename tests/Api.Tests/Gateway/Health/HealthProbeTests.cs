using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Health;

/// <summary>Active probes with their grains, of real services that fall ill and recover.</summary>
public sealed class HealthProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_that_does_not_pass_is_passed_over_until_it_does_or_nobody_asks()
    {
        var (ill, calls) = (false, 0);
        await using var first = await Upstream.Start(context =>
        {
            if (context.Request.Path == "/well")
            {
                context.Response.StatusCode = ill ? 503 : 204;
            }
            else
            {
                Interlocked.Increment(ref calls);
            }

            return Task.CompletedTask;
        });
        await using var second = await Upstream.Start(_ => Task.CompletedTask);
        await using var host = await GatehouseHost.Start();
        using var counters = new Counters(host.Services);
        await Register(host, "1", first.Address);
        await Register(host, "2", second.Address);
        await Put(host, new { path = "/well", interval = "1s", timeout = "1s", healthy = 1, unhealthy = 1 });

        ill = true;
        await Until.Holds(async () => await Unhealthy(host) is ["1"]);
        await Until.Holds(() => counters.Of("gatehouse.health.probes", ("gatehouse.service", "FRAIL"), ("gatehouse.health.result", "bad")) > 0);
        counters.Now("gatehouse.circuit.avoided", ("gatehouse.service", "FRAIL"), ("gatehouse.cause", "unhealthy")).ShouldBe(1);
        var before = calls;
        for (var i = 0; i < 10; i++)
        {
            using var answer = await host.Public.GetAsync("/frail", Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        calls.ShouldBe(before);
        ill = false;
        await Until.Holds(async () => await Unhealthy(host) is []);

        ill = true;
        await Until.Holds(async () => await Unhealthy(host) is ["1"]);
        await Put(host, null);
        await Until.Holds(async () => await Unhealthy(host) is []);
    }

    [Fact]
    public async Task Service_without_a_healthy_instance_is_called_all_the_same()
    {
        await using var only = await Upstream.Start(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/well" ? 500 : 200;
            return Task.CompletedTask;
        });
        await using var host = await GatehouseHost.Start();
        await Register(host, "1", only.Address);
        await Put(host, new { path = "/well", interval = "1s", timeout = "1s", healthy = 1, unhealthy = 1 });
        await Until.Holds(async () => await Unhealthy(host) is ["1"]);

        using var answer = await host.Public.GetAsync("/frail", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string[]> Unhealthy(GatehouseHost host) =>
    [
        .. (await host.Management.GetFromJsonAsync<JsonElement>("/admin/v1/circuits", Cancel)).GetProperty("circuits").EnumerateArray()
            .Where(circuit => circuit.TryGetProperty("unhealthy", out _))
            .Select(circuit => circuit.GetProperty("instance").GetString()!),
    ];

    private static async Task Register(GatehouseHost host, string id, string address)
    {
        using var answer = await host.Management.PutAsJsonAsync(
            $"/registry/v1/services/frail/instances/{id}", new { address, leaseSeconds = 600 }, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task Put(GatehouseHost host, object? health)
    {
        var route = new Dictionary<string, object> { ["match"] = new { path = "/frail" }, ["to"] = new { service = "frail" }, ["auth"] = "anonymous" };
        if (health is not null)
        {
            route["health"] = health;
        }

        using var answer = await host.Management.PutAsJsonAsync("/admin/v1/routes/frail", route, Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }
}
