using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Balancing;

/// <summary>
/// What three front doors decide alike, each by itself: the side of a consumer in a sticky canary, also after a restart; the instance
/// that a cookie names; that a cached response was invalidated.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class SharedDecisionsTests(WholeCluster whole)
{
    private const int Consumers = 80;
    private const int Rounds = 15;

    // Cookies are the test's own business.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_affinity_and_invalidation_hold_over_all_front_doors()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        await using var stable = await CountingInstance.Start("stable");
        await using var canary = await CountingInstance.Start("canary");
        var registry = new RegistryClient(TimeSpan.FromSeconds(20));
        await registry.Register(cluster.FrontDoors[0], "STABLE", "s", stable.Address, 600, eureka: false);
        await registry.Register(cluster.FrontDoors[0], "CANARY", "c", canary.Address, 600, eureka: false);
        await registry.Register(cluster.FrontDoors[0], "PAIR", "1", stable.Address, 600, eureka: false);
        await registry.Register(cluster.FrontDoors[0], "PAIR", "2", canary.Address, 600, eureka: false);
        var keys = await Keys(cluster.FrontDoors[0]);

        await Canary(cluster, "split", 10);
        var sides = await Sides(cluster, keys, "/split");
        sides.Values.Count(side => side == "canary").ShouldBeInRange(1, 24);

        await CookieIsKnownEverywhere(cluster);
        await InvalidationHoldsEverywhere(cluster, stable);

        await cluster.FrontDoors[0].Process.Kill();
        await cluster.AddFrontDoor();
        (await Sides(cluster, keys, "/split")).ShouldBe(sides);

        await Canary(cluster, "split", 20);
        var more = await Sides(cluster, keys, "/split");
        more.Where(side => sides[side.Key] == "canary").ShouldAllBe(side => side.Value == "canary");
    }

    private static async Task<string[]> Keys(GatehouseProcess door)
    {
        var keys = new List<string>();
        for (var i = 0; i < Consumers; i++)
        {
            using var answer = await door.Management.PostAsJsonAsync("/admin/v1/api-keys", new { name = $"consumer {i}" }, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            keys.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString()!);
        }

        return [.. keys];
    }

    private static Task Canary(GatehouseCluster cluster, string id, int weight) => Put(cluster.FrontDoors[1], id, new
    {
        match = new { path = $"/{id}" },
        to = new { split = new[] { new { service = "STABLE", weight = 100 - weight }, new { service = "CANARY", weight } } },
        canary = "sticky",
    });

    // Whatever front door they call, consumers come to one side.
    private static async Task<Dictionary<string, string>> Sides(GatehouseCluster cluster, string[] keys, string path)
    {
        var sides = new Dictionary<string, string>();
        foreach (var door in cluster.FrontDoors.Where(door => !door.Process.HasExited))
        {
            foreach (var key in keys)
            {
                var (side, _) = await Call(door, path, ("X-API-Key", key));
                sides.TryAdd(key, side);
                sides[key].ShouldBe(side);
            }
        }

        return sides;
    }

    private static async Task CookieIsKnownEverywhere(GatehouseCluster cluster)
    {
        await Put(cluster.FrontDoors[0], "kept", new
        {
            match = new { path = "/kept" }, to = new { service = "PAIR" }, auth = "anonymous", affinity = new { },
        });
        foreach (var door in cluster.FrontDoors)
        {
            var cookie = "";
            var first = "";
            await Eventually.Holds(
                async () =>
                {
                    (first, var headers) = await Call(door, "/kept");
                    cookie = headers.TryGetValues("Set-Cookie", out var set) ? set.Single().Split(';')[0] : "";
                    return cookie.Length > 0;
                },
                TimeSpan.FromSeconds(20),
                () => "a front door knows the cluster's key soon after its start");
            for (var i = 0; i < Rounds; i++)
            {
                (await Call(cluster.FrontDoors[i % cluster.FrontDoors.Count], "/kept", ("Cookie", cookie))).Side.ShouldBe(first);
            }
        }
    }

    private static async Task InvalidationHoldsEverywhere(GatehouseCluster cluster, CountingInstance instance)
    {
        await Put(cluster.FrontDoors[0], "cached", new
        {
            match = new { path = "/cached" }, to = new { service = "STABLE" }, auth = "anonymous", cache = new { ttl = "1h" },
        });
        for (var round = 0; round < Rounds; round++)
        {
            var before = instance.Calls;
            foreach (var door in cluster.FrontDoors.Concat(cluster.FrontDoors))
            {
                await Call(door, "/cached");
            }

            // One at each front door; the second time they have it.
            instance.Calls.ShouldBe(before + cluster.FrontDoors.Count);
            using var answer = await cluster.FrontDoors[round % cluster.FrontDoors.Count].Management.PostAsJsonAsync(
                "/admin/v1/cache:invalidate", new { prefixes = new[] { "/cached" } }, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private static async Task Put(GatehouseProcess door, string id, object route)
    {
        using var answer = await door.Management.PutAsJsonAsync($"/admin/v1/routes/{id}", route, Cancel);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<(string Side, System.Net.Http.Headers.HttpResponseHeaders Headers)> Call(
        GatehouseProcess door, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door.Public.BaseAddress!, path));
        request.Headers.Add(CountingInstance.SentAtHeader, "0");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await Client.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (answer.Headers.GetValues(CountingInstance.AnsweredByHeader).Single(), answer.Headers);
    }
}
