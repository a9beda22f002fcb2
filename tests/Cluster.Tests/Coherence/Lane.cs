using System.Diagnostics;
using System.Globalization;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// One service whose instance comes and goes, round after round, while others may call it all the time. With a companion
/// the service is never empty, and calls move over to it.
/// </summary>
internal sealed class Lane : IAsyncDisposable
{
    private const int LeaseSeconds = 60;
    private const int EurekaEvery = 4;

    private readonly GatehouseCluster cluster;
    private readonly RegistryClient registry;
    private readonly CountingInstance? companion;
    private readonly Random random;
    private int rounds;

    private Lane(
        GatehouseCluster cluster, string service, RegistryClient registry, CountingInstance instance, CountingInstance? companion, int seed)
    {
        this.cluster = cluster;
        this.registry = registry;
        this.companion = companion;
        Service = service;
        Instance = instance;
        random = new Random(seed);
    }

    public string Service { get; }

    public CountingInstance Instance { get; }

    public int Rounds => Volatile.Read(ref rounds);

    public List<TimeSpan> Registrations { get; } = [];

    public List<TimeSpan> Deregistrations { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Lane> Start(GatehouseCluster cluster, RegistryClient registry, string services, int number)
    {
        var service = string.Create(CultureInfo.InvariantCulture, $"{services}-{number}");
        CountingInstance? companion = null;
        if (number % 2 == 1)
        {
            companion = await CountingInstance.Start("companion");
            await registry.Register(cluster.FrontDoors[0], service, "companion", companion.Address, 3600, eureka: false);
        }

        return new Lane(cluster, service, registry, await CountingInstance.Start("instance"), companion, number);
    }

    /// <summary>Register, call through every front door, deregister through any, and call through every one at once.</summary>
    public async Task Round()
    {
        var eureka = Rounds % EurekaEvery == 0;
        var id = string.Create(CultureInfo.InvariantCulture, $"instance-{Rounds}");

        Instance.Registering();
        var began = Stopwatch.GetTimestamp();
        await registry.Register(AnyDoor(), Service, id, Instance.Address, LeaseSeconds, eureka);
        Registrations.Add(Stopwatch.GetElapsedTime(began));
        foreach (var answer in await Caller.CallAll(cluster.FrontDoors, Service, Cancel))
        {
            ExpectedWith().ShouldContain(answer.By, answer.ToString());
        }

        var door = AnyDoor();
        began = Stopwatch.GetTimestamp();
        await registry.Deregister(door, Service, id, eureka);
        Deregistrations.Add(Stopwatch.GetElapsedTime(began));
        Instance.Deregistered();
        foreach (var answer in await Caller.CallAll(cluster.FrontDoors, Service, Cancel))
        {
            ShouldBeWithoutInstance(answer);
        }

        Volatile.Write(ref rounds, Rounds + 1);
    }

    public async ValueTask DisposeAsync()
    {
        await Instance.DisposeAsync();
        if (companion is not null)
        {
            await companion.DisposeAsync();
        }
    }

    private string[] ExpectedWith() => companion is null ? ["instance"] : ["instance", "companion"];

    private void ShouldBeWithoutInstance(Answer answer)
    {
        if (companion is null)
        {
            answer.IsNoInstance.ShouldBeTrue(answer.ToString());
        }
        else
        {
            answer.By.ShouldBe("companion", answer.ToString());
        }
    }

    private GatehouseProcess AnyDoor() => cluster.FrontDoors[random.Next(cluster.FrontDoors.Count)];
}
