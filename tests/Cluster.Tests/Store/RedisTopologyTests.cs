using System.Globalization;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Store;

/// <summary>Redis with a failover by Sentinel, and Redis Cluster.</summary>
public sealed class RedisTopologyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sentinel_leads_to_the_new_primary_after_the_death_of_the_old()
    {
        await using var primary = await RedisProcess.Start();
        await using var replica = await RedisProcess.Start("--replicaof", "127.0.0.1", PortOf(primary));
        await Eventually.Holds(async () => (await Cli(replica, "info", "replication")).Contains("master_link_status:up", StringComparison.Ordinal), Patience, replica.Process.Log);
        await using var sentinel = await Sentinel(primary);
        var connection = $"{sentinel.EndPoint},serviceName=gatehouse";

        await using var silo = GatehouseProcess.StartSilo("silo", connection);
        await silo.WaitUntilReady();
        await using var door = GatehouseProcess.StartFrontDoor("front-door", connection);
        await door.WaitUntilReady();
        await Registers(door, "before");

        await primary.Process.Kill();
        await Registers(door, "after");

        (await Cli(replica, "info", "replication")).ShouldContain("role:master");
        (await door.Management.GetStringAsync("/registry/v1/services/TOPOLOGY", Cancel)).ShouldContain("\"before\"");
    }

    [Fact]
    public async Task Redis_cluster_keeps_the_state_in_its_shards()
    {
        var shards = new List<RedisProcess>();
        try
        {
            for (var shard = 0; shard < 3; shard++)
            {
                shards.Add(await RedisProcess.Start("--cluster-enabled", "yes", "--cluster-port", "0"));
            }

            await Cli(shards[0], ["--cluster", "create", .. shards.Select(shard => shard.EndPoint), "--cluster-yes"]);
            await Eventually.Holds(async () => (await Cli(shards[2], "cluster", "info")).Contains("cluster_state:ok", StringComparison.Ordinal), Patience, shards[2].Process.Log);
            var connection = string.Join(',', shards.Select(shard => shard.EndPoint));

            await using var silo = GatehouseProcess.StartSilo("silo", connection);
            await silo.WaitUntilReady();
            await using var door = GatehouseProcess.StartFrontDoor("front-door", connection);
            await door.WaitUntilReady();
            for (var number = 0; number < 12; number++)
            {
                await Registers(door, "one", string.Create(CultureInfo.InvariantCulture, $"SHARDED-{number}"));
            }

            // Each of them has some of it.
            foreach (var shard in shards)
            {
                (await Cli(shard, "dbsize")).ShouldNotEndWith(Environment.NewLine + "0");
            }
        }
        finally
        {
            await Task.WhenAll(shards.Select(shard => shard.DisposeAsync().AsTask()));
        }
    }

    // A service that is told that the cluster did not answer sends the same again.
    private static Task Registers(GatehouseProcess door, string id, string service = "TOPOLOGY") => Eventually.Holds(
        async () =>
        {
            using var response = await door.Management.PutAsJsonAsync(
                $"/registry/v1/services/{service}/instances/{id}", new { address = "http://127.0.0.1:9", leaseSeconds = 3600 }, Cancel);
            return response.IsSuccessStatusCode;
        },
        Patience,
        door.Process.Log);

    private static async Task<RedisProcess> Sentinel(RedisProcess primary)
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-sentinel-");
        var file = Path.Combine(folder.FullName, "sentinel.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            sentinel monitor gatehouse 127.0.0.1 {PortOf(primary)} 1
            sentinel down-after-milliseconds gatehouse 1000
            sentinel failover-timeout gatehouse 5000
            """,
            Cancel);
        return await RedisProcess.StartSentinel(file);
    }

    private static string PortOf(RedisProcess redis) => redis.EndPoint.Split(':')[1];

    private static async Task<string> Cli(RedisProcess redis, params string[] arguments)
    {
        await using var cli = ChildProcess.Start("redis-cli", "redis-cli", ["-p", PortOf(redis), .. arguments]);
        await cli.Exited.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        return cli.Log();
    }
}
