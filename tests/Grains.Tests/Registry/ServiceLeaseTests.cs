using Gatehouse.Grains.Registry;
using Shouldly;
using static Gatehouse.Grains.Tests.Registry.ServiceHarness;

namespace Gatehouse.Grains.Tests.Registry;

public sealed class ServiceLeaseTests : IDisposable
{
    private readonly ServiceHarness service = new();

    [Fact]
    public async Task Lease_without_heartbeat_ends_exactly_at_its_length()
    {
        await service.Roster.Register(Native("a", 30));

        service.Pass(29.95);
        service.InView("a")!.Action.ShouldBe(InstanceAction.Added);

        service.Pass(0.1);
        var gone = service.InView("a")!;
        gone.Action.ShouldBe(InstanceAction.Deleted);
        gone.TakesCalls.ShouldBeFalse();
        gone.RemovedAt.ShouldBe(gone.UpdatedAt);
        service.Store.Read().Instances["a"].Action.ShouldBe(InstanceAction.Deleted);
    }

    [Fact]
    public async Task Lease_starts_when_the_registration_is_answered()
    {
        service.Publisher.Gate = new TaskCompletionSource();
        var registering = service.Roster.Register(Native("a", 2));
        service.Pass(6);
        registering.IsCompleted.ShouldBeFalse();

        service.Publisher.Gate.SetResult();
        await registering;

        service.Pass(1.95);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.Pass(0.1);
        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Suspended_process_that_heard_no_heartbeats_gives_fresh_leases()
    {
        await service.Roster.Register(Native("a", 30));

        // All at once, as the clock goes on for a process that was stopped.
        service.Time.Advance(TimeSpan.FromMinutes(2));

        service.Pass(29.9);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.Pass(0.2);
        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Heartbeat_renews_from_its_own_time()
    {
        await service.Roster.Register(Native("a", 30));
        service.Pass(20);
        service.Beat("a").ShouldBe(BeatOutcome.Renewed);

        service.Pass(29.9);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.Pass(0.15);
        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Each_instance_has_its_own_deadline()
    {
        await service.Roster.Register(Native("long", 60));
        await service.Roster.Register(Native("short", 5));

        service.Pass(5.05);
        service.InView("short")!.TakesCalls.ShouldBeFalse();
        service.InView("long")!.TakesCalls.ShouldBeTrue();
    }

    [Fact]
    public async Task Heartbeats_write_and_publish_nothing()
    {
        await service.Roster.Register(Native("a"));
        var writes = service.Store.Writes;
        var calls = service.Publisher.Calls;
        for (var i = 0; i < 100; i++)
        {
            service.Pass(1);
            service.Beat("a").ShouldBe(BeatOutcome.Renewed);
        }

        service.Store.Writes.ShouldBe(writes);
        service.Publisher.Calls.ShouldBe(calls);
    }

    [Fact]
    public async Task Removed_entry_stays_for_the_delta_window_and_is_then_gone_everywhere()
    {
        await service.Roster.Register(Native("a"));
        (await service.Roster.Deregister("a")).ShouldBeTrue();

        service.Pass(179.9);
        service.InView("a")!.Action.ShouldBe(InstanceAction.Deleted);
        service.Pass(0.2);
        service.InView("a").ShouldBeNull();
        service.Store.Read().Instances.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_loses_no_instance_and_gives_each_a_fresh_lease()
    {
        await service.Roster.Register(Native("a", 30));
        await service.Roster.Register(Native("b", 30));
        service.Pass(25);

        service.Activate();

        service.Pass(29.9);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.InView("b")!.TakesCalls.ShouldBeTrue();
        service.Beat("a").ShouldBe(BeatOutcome.Renewed);
        service.Pass(0.2);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.InView("b")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Restart_publishes_what_the_predecessor_wrote_but_could_not_publish()
    {
        await service.Roster.Register(Native("a"));
        service.Publisher.Failures = 1;
        await Should.ThrowAsync<TimeoutException>(service.Roster.Deregister("a"));
        service.InView("a")!.TakesCalls.ShouldBeTrue();

        service.Activate();

        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Restart_after_a_purge_that_was_not_published_takes_the_entry_out_of_the_view()
    {
        await service.Roster.Register(Native("a", 3600));
        await service.Roster.Register(Native("b", 3600));
        await service.Roster.Deregister("b");
        service.Publisher.Failures = int.MaxValue;
        service.Pass(180.1);
        service.InView("b").ShouldNotBeNull();

        service.Publisher.Failures = 0;
        service.Activate();

        service.InView("b").ShouldBeNull();
        service.InView("a").ShouldNotBeNull();
    }

    [Fact]
    public async Task Expiry_whose_publish_failed_is_published_soon_after()
    {
        await service.Roster.Register(Native("a", 5));
        service.Publisher.Failures = 2;

        service.Pass(5.1);
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        service.Pass(2.1);
        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Find_tells_the_last_heartbeat()
    {
        await service.Roster.Register(Native("a", 30));
        service.Pass(7);
        service.Beat("a");
        var at = service.Time.GetUtcNow();
        service.Pass(3);

        service.Roster.Find("a")!.RenewedAt!.Value.ShouldBe(at, TimeSpan.FromMilliseconds(1));
        service.Roster.Find("none").ShouldBeNull();
    }

    public void Dispose() => service.Dispose();
}
