using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Cluster.Tests.Balancing;

/// <summary>What the cluster does or counts once, however many front doors it has: health probes, and the statistics of calls.</summary>
[Collection(WholeCluster.Group)]
public sealed class CountedOnceTests(WholeCluster whole)
{
    private const int CallsAtEach = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_is_probed_once_and_not_by_each_front_door_and_its_calls_are_one_sum_at_all()
    {
        await using var turn = await whole.Take();
        var doors = turn.Cluster.FrontDoors;
        var probes = 0;
        await using var service = await LocalService.Start(context =>
        {
            if (context.Request.Path == "/health")
            {
                Interlocked.Increment(ref probes);
            }

            return Task.CompletedTask;
        });
        await new RegistryClient(Patience).Register(doors[0], "COUNTED", "1", service.Address, 600, eureka: false);
        using var route = await doors[1].Management.PutAsJsonAsync(
            "/admin/v1/routes/counted",
            new { match = new { path = "/counted" }, to = new { service = "COUNTED" }, auth = "anonymous", health = new { path = "/health", interval = "1s", timeout = "900ms" } },
            Cancel);
        route.StatusCode.ShouldBe(HttpStatusCode.Created, await route.Content.ReadAsStringAsync(Cancel));

        foreach (var door in doors)
        {
            for (var call = 0; call < CallsAtEach; call++)
            {
                using var answer = await door.Public.GetAsync("/counted", Cancel);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }

        await Eventually.Holds(() => Task.FromResult(Volatile.Read(ref probes) > 0), Patience, () => "it is not probed");
        var before = Volatile.Read(ref probes);
        await Task.Delay(Watched, Cancel);
        // Each front door by itself would make three times as many; a busy machine makes fewer.
        (Volatile.Read(ref probes) - before).ShouldBeInRange(2, (int)(Watched / Interval) + 2);

        foreach (var door in doors)
        {
            await Eventually.Holds(async () => await CallsAt(door) == doors.Count * CallsAtEach, Patience, () => "the statistics of the cluster are not those of all front doors");
        }
    }

    private static async Task<long> CallsAt(GatehouseProcess door)
    {
        var traffic = await door.Management.GetFromJsonAsync<JsonElement>("/admin/v1/traffic?window=1h&by=service&name=COUNTED", Cancel);
        var services = traffic.GetProperty("services");
        return services.GetArrayLength() == 0 ? 0 : services[0].GetProperty("figures").GetProperty("calls").GetInt64();
    }
}
