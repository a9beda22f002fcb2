namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// A whole Gatehouse as it runs in production: redis-server, silos and front doors, each a process of its own. What they
/// wrote is in the output of the test when it ends.
/// </summary>
public sealed class GatehouseCluster : IAsyncDisposable
{
    private readonly List<GatehouseProcess> silos = [];
    private readonly List<GatehouseProcess> frontDoors = [];

    private GatehouseCluster(RedisProcess redis) => Redis = redis;

    /// <summary>The store.</summary>
    public RedisProcess Redis { get; }

    /// <summary>The silos, in the order they were started.</summary>
    public IReadOnlyList<GatehouseProcess> Silos => silos;

    /// <summary>The front doors, in the order they were started.</summary>
    public IReadOnlyList<GatehouseProcess> FrontDoors => frontDoors;

    /// <summary>Starts a cluster and waits until every part of it is ready.</summary>
    public static async Task<GatehouseCluster> Start(int silos, int frontDoors)
    {
        var cluster = new GatehouseCluster(await RedisProcess.Start());
        try
        {
            await Task.WhenAll(Enumerable.Range(0, silos).Select(_ => cluster.AddSilo()));
            await Task.WhenAll(Enumerable.Range(0, frontDoors).Select(_ => cluster.AddFrontDoor()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo and waits until it is ready.</summary>
    public async Task<GatehouseProcess> AddSilo(params IEnumerable<string> settings)
    {
        var silo = GatehouseProcess.StartSilo($"silo-{silos.Count}", Redis.Connection, settings);
        silos.Add(silo);
        await silo.WaitUntilReady();
        return silo;
    }

    /// <summary>Starts one more front door and waits until it is ready.</summary>
    public async Task<GatehouseProcess> AddFrontDoor(params IEnumerable<string> settings)
    {
        var door = GatehouseProcess.StartFrontDoor($"front-door-{frontDoors.Count}", Redis.Connection, settings);
        frontDoors.Add(door);
        await door.WaitUntilReady();
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        var output = TestContext.Current.TestOutputHelper;
        foreach (var process in silos.Concat(frontDoors))
        {
            output?.WriteLine(process.Process.Log());
        }

        // Front doors first: none of them has time to complain of its silos.
        await Task.WhenAll(frontDoors.Select(process => process.DisposeAsync().AsTask()));
        await Task.WhenAll(silos.Select(process => process.DisposeAsync().AsTask()));
        await Redis.DisposeAsync();
    }
}
