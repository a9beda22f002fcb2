using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// A cluster under a load that never stops, to make faults in. Every fault leaves it whole again, so that all of them are
/// made in one.
/// </summary>
public sealed partial class FaultCluster : IAsyncLifetime
{
    private readonly int size;

    /// <summary>Services that are written to all the time.</summary>
    public const int Writers = 9;

    private const int StableServices = 6;
    private const int EveryServicesInstances = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<CountingInstance> instances = [];
    private readonly List<GatehouseProcess> silos = [];
    private readonly List<GatehouseProcess> doors = [];
    private Writer[] writers = [];
    private Entry entry = null!;
    private Callers callers = null!;
    private Membership membership = null!;
    private GatehouseCluster cluster = null!;

    /// <summary>Makes it with three silos.</summary>
    public FaultCluster() : this(silos: 3)
    {
    }

    internal FaultCluster(int silos) => size = silos;

    internal RedisProcess Redis => cluster.Redis;

    internal IReadOnlyList<GatehouseProcess> LiveSilos => silos;

    internal IReadOnlyList<GatehouseProcess> LiveDoors => doors;

    internal int Requests => callers.Requests;

    public async ValueTask InitializeAsync()
    {
        cluster = await GatehouseCluster.Start(size, frontDoors: 0);
        silos.AddRange(cluster.Silos);
        await AddDoor();
        await AddDoor();
        membership = await Membership.Open(Redis);
        var registry = new RegistryClient(Patience);
        var stable = new List<string>();
        for (var number = 0; number < StableServices; number++)
        {
            var service = string.Create(CultureInfo.InvariantCulture, $"STABLE-{number}");
            stable.Add(service);
            for (var one = 0; one < EveryServicesInstances; one++)
            {
                var instance = await CountingInstance.Start("stable");
                instances.Add(instance);
                await registry.Register(doors[0], service, string.Create(CultureInfo.InvariantCulture, $"stable-{one}"), instance.Address, 3600, eureka: false);
            }
        }

        entry = new Entry(() => [.. doors]);
        writers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Writer.Start(entry, number)));
        callers = new Callers(entry, stable, [.. writers.Select(writer => writer.Service)]);
        await Recovered(Stopwatch.GetTimestamp());
    }

    public async ValueTask DisposeAsync()
    {
        if (callers is not null)
        {
            await callers.DisposeAsync();
        }

        await Task.WhenAll(writers.Select(writer => writer.DisposeAsync().AsTask()));
        if (entry is not null)
        {
            await entry.DisposeAsync();
        }

        await Task.WhenAll(instances.Select(instance => instance.DisposeAsync().AsTask()));
        if (membership is not null)
        {
            await membership.DisposeAsync();
        }

        await cluster.DisposeAsync();
    }

    /// <summary>Makes a fault, waits until all is well again, and adds what it did to the row.</summary>
    /// <param name="row">The row of the table.</param>
    /// <param name="fault">Makes it.</param>
    /// <param name="leftSilos">How many silos the table is to show once it is detected; null where it does not.</param>
    /// <param name="repair">Makes the cluster whole again.</param>
    internal async Task Measure(FaultRow row, Func<Task> fault, int? leftSilos, Func<Task> repair)
    {
        var requests = callers.Requests;
        var failures = callers.Failures.Count;
        var called = WronglyCalled();
        callers.TakeLongestGap();

        var began = Stopwatch.GetTimestamp();
        await fault();
        var detection = leftSilos is { } left ? Detected(began, left) : Task.FromResult(TimeSpan.Zero);
        var recovery = Recovered(began);
        await Task.WhenAll(detection, recovery);
        await repair();
        await Recovered(Stopwatch.GetTimestamp());

        row.Add(
            leftSilos is null ? null : await detection,
            await recovery,
            callers.Requests - requests,
            callers.Failures.Count - failures,
            callers.TakeLongestGap(),
            await Lost(),
            WronglyCalled() - called);
        foreach (var failure in callers.Failures.Skip(failures))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(failure);
        }

        writers.SelectMany(writer => writer.Wrong).ShouldBeEmpty();
    }

    /// <summary>Adds a silo, waits until it is in the cluster, and forgets one that has ended.</summary>
    internal async Task<GatehouseProcess> AddSilo()
    {
        silos.RemoveAll(silo => silo.Process.HasExited);
        var silo = await cluster.AddSilo();
        silos.Add(silo);
        await Eventually.Holds(async () => await membership.ActiveSilos() == silos.Count, Patience, silo.Process.Log);
        return silo;
    }

    /// <summary>Takes a silo out of what is thought to be there; its process is the caller's.</summary>
    internal void Forget(GatehouseProcess silo) => silos.Remove(silo);

    /// <summary>Stops a silo in good order.</summary>
    internal async Task StopSilo(GatehouseProcess silo)
    {
        await silo.Process.Terminate().WaitAsync(Patience, TestContext.Current.CancellationToken);
        silo.Process.ExitCode.ShouldBe(0, silo.Process.Log());
        silos.Remove(silo);
    }

    /// <summary>Registers services that nobody calls.</summary>
    internal async Task Register(int services)
    {
        var registry = new RegistryClient(Patience);
        for (var number = 0; number < services; number++)
        {
            await registry.Register(doors[0], string.Create(CultureInfo.InvariantCulture, $"IDLE-{number}"), "one", instances[0].Address, 3600, eureka: false);
        }
    }

    /// <summary>How many grains of services each silo has, by its own metrics.</summary>
    internal async Task<int[]> ServiceGrains() => await Task.WhenAll(silos.Select(async silo =>
    {
        var metrics = await silo.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return ServiceGrainGauge().Matches(metrics).Sum(match => int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));
    }));

    /// <summary>Adds a front door.</summary>
    internal async Task<GatehouseProcess> AddDoor()
    {
        var door = await cluster.AddFrontDoor("--Gatehouse:StopDelay=00:00:01");
        doors.Add(door);
        return door;
    }

    /// <summary>Stops a front door in good order.</summary>
    internal async Task StopDoor(GatehouseProcess door)
    {
        await door.Process.Terminate();
        doors.Remove(door);
        door.Process.ExitCode.ShouldBe(0, door.Process.Log());
    }

    [GeneratedRegex("""^orleans_grains\{[^}]*grain_type="service"[^}]*\} (?<count>\d+)""", RegexOptions.Multiline)]
    private static partial Regex ServiceGrainGauge();

    private int WronglyCalled() => writers.Sum(writer => writer.WronglyCalled);

    private async Task<TimeSpan> Detected(long since, int left)
    {
        await Eventually.Holds(async () => await membership.ActiveSilos() <= left, Patience, () => "the table does not show it");
        return Stopwatch.GetElapsedTime(since);
    }

    private async Task<TimeSpan> Recovered(long since)
    {
        await Eventually.Holds(
            () => Task.FromResult(writers.All(writer => writer.AcknowledgedSince > since)),
            Patience,
            () => $"no command acknowledged: {string.Join(", ", writers.Where(writer => writer.AcknowledgedSince <= since).Select(writer => writer.Service))}");
        return Stopwatch.GetElapsedTime(since);
    }

    private async Task<int> Lost()
    {
        var lost = 0;
        foreach (var writer in writers)
        {
            foreach (var door in doors)
            {
                lost += await writer.Lost(door);
            }
        }

        return lost;
    }
}
