using System.Net;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// A whole Gatehouse as it runs in production: redis-server, silos and front doors, each a process of its own. What they
/// wrote is in the output of the test when it ends.
/// </summary>
public sealed class GatehouseCluster : IAsyncDisposable
{
    private readonly List<GatehouseProcess> silos = [];
    private readonly List<GatehouseProcess> frontDoors = [];
    private IPAddress address = IPAddress.Loopback;
    private string[] frontDoorSettings = [];
    private int startedSilos;
    private int startedFrontDoors;

    private GatehouseCluster(RedisProcess redis) => Redis = redis;

    /// <summary>The store.</summary>
    public RedisProcess Redis { get; }

    /// <summary>The silos, in the order they were started.</summary>
    public IReadOnlyList<GatehouseProcess> Silos => silos;

    /// <summary>The front doors, in the order they were started.</summary>
    public IReadOnlyList<GatehouseProcess> FrontDoors => frontDoors;

    /// <summary>Starts a cluster and waits until every part of it is ready.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="frontDoors">How many front doors.</param>
    /// <param name="frontDoorSettings">The settings of every front door, also of those that are added.</param>
    public static async Task<GatehouseCluster> Start(int silos, int frontDoors, params string[] frontDoorSettings)
    {
        var cluster = new GatehouseCluster(await RedisProcess.Start()) { frontDoorSettings = frontDoorSettings };
        await cluster.Fill(silos, frontDoors);
        return cluster;
    }

    /// <summary>Starts one whose store and silos are reached by another address of this machine, and waits until it is ready.</summary>
    internal static async Task<GatehouseCluster> StartAt(IPAddress address, int silos)
    {
        // What is on no network but this machine's own needs no password.
        var cluster = new GatehouseCluster(await RedisProcess.Start("--bind", "127.0.0.1", address.ToString(), "--protected-mode", "no")) { address = address };
        await cluster.Fill(silos, frontDoorCount: 0);
        return cluster;
    }

    /// <summary>Starts one more silo and waits until it is ready.</summary>
    public async Task<GatehouseProcess> AddSilo(params IEnumerable<string> settings)
    {
        return await AddSilo(new Dictionary<string, string>(), settings);
    }

    /// <summary>Starts one more silo with these environment variables and waits until it is ready.</summary>
    public async Task<GatehouseProcess> AddSilo(IEnumerable<KeyValuePair<string, string>> environment, params IEnumerable<string> settings)
    {
        var silo = GatehouseProcess.StartSilo($"silo-{startedSilos++}", Redis.Connection, environment, [$"--Gatehouse:AdvertisedIP={address}", .. settings]);
        silos.Add(silo);
        await silo.WaitUntilReady();
        return silo;
    }

    /// <summary>Starts one more front door and waits until it is ready.</summary>
    public async Task<GatehouseProcess> AddFrontDoor(params IEnumerable<string> settings)
    {
        return await Ready(GatehouseProcess.StartFrontDoor($"front-door-{startedFrontDoors++}", Redis.Connection, [.. frontDoorSettings, .. settings]));
    }

    /// <summary>Starts one more front door in a network of its own and waits until it is ready.</summary>
    internal async Task<GatehouseProcess> AddFrontDoor(NetworkNamespace network, params IEnumerable<string> settings) =>
        await Ready(GatehouseProcess.StartFrontDoor($"front-door-{startedFrontDoors++}", network, Redis.ConnectionAt(address), [.. frontDoorSettings, .. settings]));

    /// <summary>
    /// Makes it whole: what was stopped goes on, and others are started for what has ended, or ends because it was voted out.
    /// </summary>
    internal async Task Repair(int siloCount, int frontDoorCount)
    {
        foreach (var process in silos.Concat(frontDoors))
        {
            process.Process.Resume();
        }

        await Eventually.Holds(
            async () =>
            {
                await Forget(silos);
                await Forget(frontDoors);
                await Task.WhenAll(
                [
                    .. Enumerable.Range(silos.Count, Math.Max(0, siloCount - silos.Count)).Select(_ => AddSilo()),
                    .. Enumerable.Range(frontDoors.Count, Math.Max(0, frontDoorCount - frontDoors.Count)).Select(_ => AddFrontDoor()),
                ]);
                return (await Task.WhenAll(frontDoors.Select(door => door.Sees(siloCount)))).All(sees => sees)
                    && silos.Count(silo => !silo.Process.HasExited) == siloCount;
            },
            TimeSpan.FromSeconds(60),
            () => string.Join(Environment.NewLine, silos.Concat(frontDoors).Select(process => process.Process.Log())));
    }

    public async ValueTask DisposeAsync()
    {
        var output = TestContext.Current.TestOutputHelper;
        foreach (var process in silos.Concat(frontDoors))
        {
            output?.WriteLine(process.Process.Log());
            if (Environment.GetEnvironmentVariable("TEST_LOGS") is { Length: > 0 } folder)
            {
                // The output of a fixture that ends is nobody's test.
                await File.WriteAllTextAsync(Path.Combine(folder, $"{process.Process.Name}.log"), process.Process.Log());
            }
        }

        // Front doors first: none of them has time to complain of its silos.
        await Task.WhenAll(frontDoors.Select(process => process.DisposeAsync().AsTask()));
        await Task.WhenAll(silos.Select(process => process.DisposeAsync().AsTask()));
        await Redis.DisposeAsync();
    }

    private static async Task Forget(List<GatehouseProcess> processes)
    {
        foreach (var ended in processes.Where(process => process.Process.HasExited).ToArray())
        {
            processes.Remove(ended);
            await ended.DisposeAsync();
        }
    }

    private async Task Fill(int siloCount, int frontDoorCount)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, siloCount).Select(_ => AddSilo()));
            await Task.WhenAll(Enumerable.Range(0, frontDoorCount).Select(_ => AddFrontDoor()));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<GatehouseProcess> Ready(GatehouseProcess door)
    {
        frontDoors.Add(door);
        await door.WaitUntilReady();
        return door;
    }
}
