using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// Services whose instances stay: they renew their leases, are called all the time, and are looked at through every front
/// door. Whatever happens to them that should not is kept.
/// </summary>
internal sealed class Population : IAsyncDisposable
{
    public const int Size = 50;

    private const int Services = 5;
    private const int LeaseSeconds = 10;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly GatehouseCluster cluster;
    private readonly RegistryClient registry;
    private readonly CountingInstance instance;
    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentQueue<string> wrong = new();
    private readonly ConcurrentQueue<Answer> failures = new();
    private readonly Lock gate = new();
    private Task[] work = [];
    private TimeSpan longestGap;
    private TimeSpan longestBeat;
    private int calls;
    private int looks;
    private int beats;

    private Population(GatehouseCluster cluster, RegistryClient registry, CountingInstance instance)
    {
        this.cluster = cluster;
        this.registry = registry;
        this.instance = instance;
    }

    /// <summary>Instances that were missing, not up or suspect, and heartbeats that were refused.</summary>
    public IReadOnlyCollection<string> Wrong => wrong;

    /// <summary>Calls that were not answered by an instance.</summary>
    public IReadOnlyCollection<Answer> Failures => failures;

    /// <summary>The longest time between two answers in a row through one front door.</summary>
    public TimeSpan LongestGap => longestGap;

    /// <summary>The longest time until a heartbeat was answered, however often it was sent.</summary>
    public TimeSpan LongestBeat => longestBeat;

    public int Calls => calls;

    public int Looks => looks;

    public int Beats => beats;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Population> Start(GatehouseCluster cluster, RegistryClient registry)
    {
        var population = new Population(cluster, registry, await CountingInstance.Start("population"));
        await Task.WhenAll(Enumerable.Range(0, Size).Select(number => registry.Register(
            cluster.FrontDoors[number % cluster.FrontDoors.Count],
            ServiceOf(number),
            IdOf(number),
            population.instance.Address,
            LeaseSeconds,
            eureka: false)));
        population.work =
        [
            .. Enumerable.Range(0, Size).Select(population.Beat),
            .. cluster.FrontDoors.Select(door => population.Look(door)),
            .. cluster.FrontDoors.Select(population.Call),
        ];
        return population;
    }

    /// <summary>Ends the calls, looks and heartbeats.</summary>
    public async Task Stop()
    {
        await over.CancelAsync();
        await Task.WhenAll(work);
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await instance.DisposeAsync();
        over.Dispose();
    }

    private async Task Beat(int number)
    {
        var door = number;
        while (await Tick(BeatEvery))
        {
            var began = Stopwatch.GetTimestamp();
            if (!await registry.Beat(cluster.FrontDoors[door++ % cluster.FrontDoors.Count], ServiceOf(number), IdOf(number)))
            {
                wrong.Enqueue($"{IdOf(number)}: heartbeat refused");
            }

            Interlocked.Increment(ref beats);
            lock (gate)
            {
                longestBeat = Longer(longestBeat, Stopwatch.GetElapsedTime(began));
            }
        }
    }

    private async Task Look(GatehouseProcess door)
    {
        while (await Tick(LookEvery))
        {
            for (var service = 0; service < Services; service++)
            {
                await Look(door, service);
                Interlocked.Increment(ref looks);
            }
        }
    }

    private async Task Look(GatehouseProcess door, int service)
    {
        var body = await door.Management.GetFromJsonAsync<JsonElement>($"/registry/v1/services/{ServiceOf(service)}", Cancel);
        var sound = body.GetProperty("instances").EnumerateArray().Count(
            one => one.GetProperty("status").GetString() == "up" && !one.GetProperty("suspect").GetBoolean());
        if (sound != Size / Services)
        {
            wrong.Enqueue($"{DateTime.UtcNow:HH:mm:ss.f} {door.Process.Name} sees {sound} sound instances of {ServiceOf(service)}");
        }
    }

    private async Task Call(GatehouseProcess door)
    {
        var number = 0;
        var last = Stopwatch.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var answer = await Caller.Call(door, ServiceOf(number++), Cancel);
            Interlocked.Increment(ref calls);
            // The silos that are started meanwhile need time of the processors as well.
            await Task.Delay(5, CancellationToken.None);
            if (answer.Status != HttpStatusCode.OK)
            {
                failures.Enqueue(answer);
                continue;
            }

            var gap = Stopwatch.GetElapsedTime(last);
            last = Stopwatch.GetTimestamp();
            lock (gate)
            {
                longestGap = Longer(longestGap, gap);
            }
        }
    }

    private async Task<bool> Tick(TimeSpan every)
    {
        try
        {
            await Task.Delay(every, over.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static string ServiceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"STAYS-{number % Services}");

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"stays-{number}");
}
