using System.Diagnostics;
using System.Globalization;
using System.Net;
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
    private readonly NetworkNamespace? network;

    /// <summary>Services that are written to all the time.</summary>
    public const int Writers = 9;

    // One issuer, whichever front door a token is used at.
    private const string Issuer = "--Gatehouse:Auth:Issuer=http://gatehouse.test/";

    private const int StableServices = 6;
    private const int EveryServicesInstances = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<CountingInstance> instances = [];
    private readonly List<GatehouseProcess> silos = [];
    private readonly List<GatehouseProcess> doors = [];
    private readonly Longest wait = new();
    private Writer[] writers = [];
    private Entry entry = null!;
    private Callers callers = null!;
    private Revoker revoker = null!;
    private Membership membership = null!;
    private GatehouseCluster cluster = null!;

    /// <summary>Makes it with three silos.</summary>
    public FaultCluster() : this(silos: 3)
    {
    }

    internal FaultCluster(int silos, NetworkNamespace? network = null)
    {
        size = silos;
        this.network = network;
    }

    internal RedisProcess Redis => cluster.Redis;

    internal IReadOnlyList<GatehouseProcess> LiveSilos => [.. silos.Where(silo => !silo.Process.HasExited)];

    internal IReadOnlyList<GatehouseProcess> LiveDoors => doors;

    internal int Requests => callers.Requests;

    public async ValueTask InitializeAsync()
    {
        cluster = network is null ? await GatehouseCluster.Start(size, frontDoors: 0) : await GatehouseCluster.StartAt(NetworkNamespace.OutsideForCluster, size);
        silos.AddRange(cluster.Silos);
        await AddDoor();
        if (network is null)
        {
            await AddDoor();
        }
        else
        {
            doors.Add(await cluster.AddFrontDoor(network, Issuer));
        }

        var address = network is null ? IPAddress.Loopback : NetworkNamespace.OutsideForClients;
        membership = await Membership.Open(Redis);
        var registry = new RegistryClient(Patience);
        var stable = new List<string>();
        for (var number = 0; number < StableServices; number++)
        {
            var service = string.Create(CultureInfo.InvariantCulture, $"STABLE-{number}");
            stable.Add(service);
            for (var one = 0; one < EveryServicesInstances; one++)
            {
                var instance = await CountingInstance.Start("stable", address);
                instances.Add(instance);
                await registry.Register(doors[0], service, string.Create(CultureInfo.InvariantCulture, $"stable-{one}"), instance.Address, 3600, eureka: false);
            }
        }

        entry = new Entry(() => [.. doors]);
        writers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Writer.Start(entry, number, address, wait)));
        revoker = await Revoker.Start(entry, doors[0], stable[0], wait);
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
        if (revoker is not null)
        {
            await revoker.DisposeAsync();
        }

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

    /// <summary>Makes a fault, waits until the cluster is whole again, and tells what it did.</summary>
    /// <param name="key">Of the row of the table.</param>
    /// <param name="fault">What is done.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="detected">Whether the cluster knows it; null where there is nothing to know.</param>
    /// <param name="repair">Makes the cluster whole again.</param>
    internal async Task<FaultMeasurement> Measure(string key, string fault, Func<Task> make, Func<Task<bool>>? detected = null, Func<Task>? repair = null)
    {
        var (requests, failures) = (callers.Requests, callers.Failures.Count);
        var (lost, called, revoked, accepted) = (Gone(), WronglyCalled(), revoker.Revoked, revoker.WronglyAccepted);
        callers.TakeLongestGap();
        wait.Take();

        var began = Stopwatch.GetTimestamp();
        var detection = detected is null ? null : Detected(began, detected);
        await make();
        var detectedAfter = detection is null ? (TimeSpan?)null : await detection;
        await Recovered(began);
        await (repair?.Invoke() ?? Task.CompletedTask);
        await Recovered(Stopwatch.GetTimestamp());
        await Revoked(revoker.Revoked);
        var (recovered, slowest) = wait.Take();

        var measured = new FaultMeasurement(
            key,
            fault,
            detectedAfter,
            recovered,
            callers.Requests - requests,
            callers.Failures.Count - failures,
            callers.TakeLongestGap(),
            await Lost() + Gone() - lost,
            WronglyCalled() - called,
            revoker.Revoked - revoked,
            revoker.WronglyAccepted - accepted,
            LoadAverage(),
            slowest);
        foreach (var line in callers.Failures.Skip(failures).Concat(measured.WronglyCalled > 0 ? writers.SelectMany(writer => writer.Story()) : []))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }

        writers.SelectMany(writer => writer.Wrong).ShouldBeEmpty();
        return measured;
    }

    /// <summary>Whether the table of members shows no more silos than these.</summary>
    internal Func<Task<bool>> ShownSilos(int atMost) => async () => await membership.ActiveSilos() <= atMost;

    /// <summary>Adds a silo, waits until it is in the cluster, and forgets one that has ended.</summary>
    internal Task<GatehouseProcess> AddSilo() => AddSilo(new Dictionary<string, string>());

    /// <summary>Adds one with these environment variables.</summary>
    internal async Task<GatehouseProcess> AddSilo(IEnumerable<KeyValuePair<string, string>> environment)
    {
        Forget();
        var silo = await cluster.AddSilo(environment);
        silos.Add(silo);
        await Eventually.Holds(
            async () =>
            {
                // On a machine without time to spare others may be voted out meanwhile.
                Forget();
                return await membership.ActiveSilos() == silos.Count;
            },
            Patience,
            silo.Process.Log);
        return silo;
    }

    /// <summary>Adds silos for those that have ended.</summary>
    internal async Task Refill()
    {
        Forget();
        while (silos.Count < size)
        {
            await AddSilo();
        }
    }

    private void Forget() => silos.RemoveAll(silo => silo.Process.HasExited);

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
        var door = await cluster.AddFrontDoor(Issuer, "--Gatehouse:StopDelay=00:00:01");
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

    private int Gone() => writers.Sum(writer => writer.Gone);

    private static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task<TimeSpan> Detected(long since, Func<Task<bool>> detected)
    {
        await Eventually.Holds(detected, Patience, () => "the fault is not detected");
        return Stopwatch.GetElapsedTime(since);
    }

    // Every service has acknowledged a command that was sent since, and every client has been answered.
    private async Task Recovered(long since) => await Eventually.Holds(
        () => Task.FromResult(writers.All(writer => writer.AcknowledgedSince > since) && callers.AllAnsweredSince(since)),
        Patience,
        () => $"no command acknowledged: {string.Join(", ", writers.Where(writer => writer.AcknowledgedSince <= since).Select(writer => writer.Service))}");

    // At least one more token was revoked, and none that was revoked before is accepted anywhere.
    private async Task Revoked(int before)
    {
        await Eventually.Holds(() => Task.FromResult(revoker.Revoked > before), Patience, () => "no token was revoked");
        foreach (var door in doors)
        {
            await revoker.Recheck(door);
        }
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
