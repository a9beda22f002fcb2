using Gatehouse.Grains.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>
/// One service's grain without Orleans: the roster and its ledger over a fake store and publisher, under fake time and on
/// the test's thread. Survives the death of an activation, as a service does.
/// </summary>
internal sealed class ServiceHarness : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<RegistryMetrics>().BuildServiceProvider();
    private readonly SuspensionWatch suspensions;
    private ITimer? timer;

    public ServiceHarness(RegistryOptions? options = null)
    {
        Options = options ?? new RegistryOptions();
        suspensions = new SuspensionWatch(Time);
        Activate();
    }

    public const string Service = "ORDERS";

    public RegistryOptions Options { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeServiceStore Store { get; } = new();

    public FakePublisher Publisher { get; } = new();

    public ServiceRoster Roster { get; private set; } = null!;

    /// <summary>Whether the activation asked to be ended.</summary>
    public bool SteppedDown { get; private set; }

    /// <summary>Ends the activation, as a restart of its silo does, and starts its successor from the store.</summary>
    public void Activate()
    {
        timer?.Dispose();
        timer = null;
        SteppedDown = false;
        var ledger = new ServiceLedger(
            Service,
            Store.Open(),
            Publisher.Enroll,
            Publisher.Publish,
            _ => SteppedDown = true,
            services.GetRequiredService<RegistryMetrics>());
        Publisher.Report = ledger.Report;
        Roster = new ServiceRoster(ledger, Options, Time, suspensions, WakeAfter, services.GetRequiredService<RegistryMetrics>());
    }

    public static Instance Native(string id, int leaseSeconds = 30) => new()
    {
        Service = Service,
        Id = id,
        Address = $"http://{id}:8080",
        Lease = TimeSpan.FromSeconds(leaseSeconds),
    };

    public static Instance Eureka(string id, long dirty = 1000, InstanceStatus status = InstanceStatus.Up) => Native(id, 90) with
    {
        Status = status,
        Eureka = new EurekaDetails { HostName = id + "-host", IpAddr = "10.0.0.1", LastDirtyTimestamp = dirty },
    };

    public Instance? InView(string id) => Publisher.View.GetValueOrDefault(Instance.KeyOf(Service, id));

    public BeatOutcome Beat(string id, long? dirty = null, bool replicated = false) =>
        Roster.Beat([new Heartbeat(id, dirty, replicated)]).ShouldHaveSingleItem();

    public void BeatAll(params ReadOnlySpan<string> ids) =>
        Roster.Beat([.. ids.ToArray().Select(id => new Heartbeat(id))]).ShouldAllBe(outcome => outcome == BeatOutcome.Renewed);

    /// <summary>Lets time pass in small steps, so that each timer fires at its time.</summary>
    public void Pass(TimeSpan span)
    {
        var until = Time.GetUtcNow() + span;
        while (Time.GetUtcNow() < until)
        {
            var left = until - Time.GetUtcNow();
            Time.Advance(left < TimeSpan.FromMilliseconds(50) ? left : TimeSpan.FromMilliseconds(50));
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        timer?.Dispose();
        suspensions.Dispose();
        services.Dispose();
    }

    private void WakeAfter(TimeSpan due)
    {
        timer?.Dispose();

        // A grain's timer never fires within the call that sets it; one that is due at once would here.
        due = due < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : due;
        timer = Time.CreateTimer(_ => Roster.Wake(), null, due, Timeout.InfiniteTimeSpan);
    }
}
