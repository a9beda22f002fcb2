using System.Globalization;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Gatehouse.Sessions;

/// <summary>Looks at the silo and the store.</summary>
internal sealed class Probe : IAsyncDisposable
{
    private readonly HttpClient http = new();
    private readonly IManagementGrain management;
    private readonly ConnectionMultiplexer redis;
    private readonly int silo;
    private readonly Uri metrics;

    private Probe(IManagementGrain management, ConnectionMultiplexer redis, int silo, Uri metrics)
    {
        this.management = management;
        this.redis = redis;
        this.silo = silo;
        this.metrics = metrics;
    }

    public static async Task<Probe> Connect(IGrainFactory grains, string redis, int silo, Uri metrics) =>
        new(grains.GetGrain<IManagementGrain>(0), await ConnectionMultiplexer.ConnectAsync($"{redis},allowAdmin=true"), silo, metrics);

    /// <summary>Has the silo deactivate what is not in use, as it does by itself some minutes later.</summary>
    public async Task Deactivate()
    {
        await Patiently(() => management.ForceActivationCollection(TimeSpan.FromSeconds(1)));
        for (var last = int.MaxValue; ;)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            await Patiently(() => management.ForceActivationCollection(TimeSpan.FromSeconds(1)));
            var now = await Activations();
            if (now >= last)
            {
                return;
            }

            last = now;
        }
    }

    /// <summary>What there is after a garbage collection.</summary>
    public async Task<Sample> Take()
    {
        var hosts = await management.GetHosts(onlyActive: true);
        await Patiently(() => management.ForceGarbageCollection([.. hosts.Keys]));
        var server = redis.GetServer(redis.GetEndPoints()[0]);
        var memory = (await server.InfoAsync("memory")).Single();
        return new Sample(
            await Activations(),
            await Heap(),
            Resident(),
            long.Parse(memory.Single(entry => entry.Key == "used_memory").Value, CultureInfo.InvariantCulture),
            await server.DatabaseSizeAsync());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await redis.DisposeAsync();
    }

    private async Task<int> Activations()
    {
        var count = 0;
        await Patiently(async () => count = await management.GetTotalActivationCount());
        return count;
    }

    // The silo gives itself 30 s for an answer, and has a million grains to take leave of: what it was asked for goes on.
    private static async Task Patiently(Func<Task> ask)
    {
        var left = 20;
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (TimeoutException) when (left-- > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task<long> Heap() => (await http.GetStringAsync(metrics)).Split('\n')
        .Where(line => line.StartsWith("dotnet_gc_last_collection_heap_size_bytes{", StringComparison.Ordinal))
        .Sum(line => (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));

    private long Resident() => 1024 * long.Parse(
        File.ReadLines($"/proc/{silo}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}

/// <summary>What the silo and the store have.</summary>
/// <param name="Activations">Grains that are active.</param>
/// <param name="Heap">Bytes of the silo's managed heap.</param>
/// <param name="Resident">Bytes of the silo's process that are in memory.</param>
/// <param name="Stored">Bytes that Redis uses.</param>
/// <param name="Keys">Keys in Redis.</param>
internal sealed record Sample(int Activations, long Heap, long Resident, long Stored, long Keys);
