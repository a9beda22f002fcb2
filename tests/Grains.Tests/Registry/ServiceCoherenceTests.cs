using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Shouldly;
using static Gatehouse.Grains.Tests.Registry.ServiceHarness;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>A command returns only when its change is written and every front door acts on it.</summary>
public sealed class ServiceCoherenceTests : IDisposable
{
    private readonly ServiceHarness service = new();

    [Fact]
    public async Task First_command_enrols_before_it_writes()
    {
        service.Store.Gate = new TaskCompletionSource();
        var register = service.Roster.Register(Native("a"));

        service.Publisher.Enrolled.ShouldBeTrue();
        service.Store.Writes.ShouldBe(0);
        service.Store.Gate.SetResult();
        (await register).ShouldBe(RegisterOutcome.Created);
    }

    [Fact]
    public async Task Command_waits_for_its_publish_and_holds_up_nothing_else()
    {
        await service.Roster.Register(Native("a"));
        await service.Roster.Register(Native("b"));
        var hanging = service.Publisher.Gate = new TaskCompletionSource();

        var deregister = service.Roster.Deregister("a");
        deregister.IsCompleted.ShouldBeFalse();
        service.Beat("b").ShouldBe(BeatOutcome.Renewed);
        service.Publisher.Gate = null;
        (await service.Roster.Register(Native("c"))).ShouldBe(RegisterOutcome.Created);

        deregister.IsCompleted.ShouldBeFalse();
        hanging.SetResult();
        (await deregister).ShouldBeTrue();
    }

    [Fact]
    public async Task Repeated_command_waits_for_the_publish_of_the_first()
    {
        await service.Roster.Register(Native("a"));
        var writes = service.Store.Writes;
        var hanging = service.Publisher.Gate = new TaskCompletionSource();
        var first = service.Roster.SetStatus("a", InstanceStatus.OutOfService, null);

        var second = service.Roster.SetStatus("a", InstanceStatus.OutOfService, null);

        second.IsCompleted.ShouldBeFalse();
        hanging.SetResult();
        (await first).ShouldBeTrue();
        (await second).ShouldBeTrue();
        service.Store.Writes.ShouldBe(writes + 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_lateDuplicateAfterDeregistration_bringsNothingBack(bool failover)
    {
        var register = Now("1");
        (await service.Roster.Register(Native("a"), register)).ShouldBe(RegisterOutcome.Created);
        (await service.Roster.Deregister("a", Now("2"))).ShouldBeTrue();
        if (failover)
        {
            service.Activate();
        }

        (await service.Roster.Register(Native("a"), register)).ShouldBe(RegisterOutcome.Created);

        service.Roster.Find("a").ShouldBeNull();
    }

    [Fact]
    public async Task Register_thatChangedNothing_isRememberedByTheNextWrite()
    {
        await service.Roster.Register(Native("a"));
        var again = Now("1");
        await service.Roster.Register(Native("a"), again);
        await service.Roster.Deregister("a", Now("2"));
        service.Activate();

        await service.Roster.Register(Native("a"), again);

        service.Roster.Find("a").ShouldBeNull();
    }

    [Fact]
    public async Task Deregister_repeatedAfterFailover_isAnsweredAsTheFirstTime()
    {
        await service.Roster.Register(Native("a"));
        var deregister = Now("1");
        await service.Roster.Deregister("a", deregister);
        service.Activate();

        (await service.Roster.Deregister("a", deregister)).ShouldBeTrue();
    }

    [Fact]
    public async Task Deregister_comingAfterItsTime_isRefused()
    {
        await service.Roster.Register(Native("a"));
        var stuck = Now("1");
        service.Time.Advance(Operation.Validity + TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<OperationExpiredException>(service.Roster.Deregister("a", stuck));

        service.Roster.Find("a").ShouldNotBeNull();
    }

    [Fact]
    public async Task Repeated_deregistration_waits_for_the_first_and_finds_nothing()
    {
        await service.Roster.Register(Native("a"));
        var hanging = service.Publisher.Gate = new TaskCompletionSource();
        var first = service.Roster.Deregister("a");

        var second = service.Roster.Deregister("a");

        second.IsCompleted.ShouldBeFalse();
        hanging.SetResult();
        (await first).ShouldBeTrue();
        (await second).ShouldBeFalse();
    }

    [Fact]
    public async Task Repeated_command_publishes_again_what_could_not_be_published()
    {
        await service.Roster.Register(Native("a"));
        service.Publisher.Failures = 1;
        await Should.ThrowAsync<TimeoutException>(service.Roster.SetStatus("a", InstanceStatus.OutOfService, null));
        service.InView("a")!.Status.ShouldBe(InstanceStatus.Up);

        await service.Roster.SetStatus("a", InstanceStatus.OutOfService, null);

        service.InView("a")!.Status.ShouldBe(InstanceStatus.OutOfService);
        service.Publisher.Version.ShouldBe(service.Store.Read().Version);
    }

    [Fact]
    public async Task Identical_registration_writes_nothing()
    {
        await service.Roster.Register(Native("a") with { Metadata = Pairs("k", "v") });
        var writes = service.Store.Writes;

        var outcome = await service.Roster.Register(Native("a") with { Metadata = Pairs("k", "v") });

        outcome.ShouldBe(RegisterOutcome.Replaced);
        service.Store.Writes.ShouldBe(writes);
    }

    [Fact]
    public async Task Changes_during_a_write_go_out_in_one_write()
    {
        await service.Roster.Register(Native("first"));
        var gate = service.Store.Gate = new TaskCompletionSource();
        var commands = Enumerable.Range(0, 50).Select(i => service.Roster.Register(Native($"i{i}"))).ToList();
        service.Store.Gate = null;

        gate.SetResult();
        await Task.WhenAll(commands);

        service.Store.Writes.ShouldBe(3);
        service.Publisher.Applied.Select(changes => changes.Length).ShouldBe([1, 1, 49]);
        service.Publisher.View.Count.ShouldBe(51);
    }

    [Theory]
    [InlineData((int)WriteFault.Lost)]
    [InlineData((int)WriteFault.Unacknowledged)]
    public async Task Failed_write_is_not_acknowledged_and_ends_the_activation(int fault)
    {
        await service.Roster.Register(Native("a"));
        service.Store.NextWrite = (WriteFault)fault;

        await Should.ThrowAsync<StateNotWrittenException>(service.Roster.Deregister("a"));

        service.SteppedDown.ShouldBeTrue();
        service.InView("a")!.TakesCalls.ShouldBeTrue();
        await Should.ThrowAsync<StateNotWrittenException>(service.Roster.Register(Native("b")));
        service.Activate();
        (await service.Roster.Deregister("a")).ShouldBe(fault == (int)WriteFault.Lost);
        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Commands_gathered_behind_a_failed_write_fail_with_it()
    {
        await service.Roster.Register(Native("a"));
        var gate = service.Store.Gate = new TaskCompletionSource();
        service.Store.NextWrite = WriteFault.Lost;
        var failing = service.Roster.Register(Native("b"));
        var behind = service.Roster.Register(Native("c"));

        gate.SetResult();

        await Should.ThrowAsync<StateNotWrittenException>(failing);
        await Should.ThrowAsync<StateNotWrittenException>(behind);
        service.Store.Read().Instances.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Report_waits_for_a_write_and_tells_what_is_written()
    {
        await service.Roster.Register(Native("a"));
        service.Store.Gate = new TaskCompletionSource();
        var pending = service.Roster.Register(Native("b"));

        var report = service.Publisher.Report!();

        report.IsCompleted.ShouldBeFalse();
        service.Store.Gate.SetResult();
        await pending;
        (await report).Version.ShouldBe(2);
        (await report).Entries.Select(entry => entry.Key).ShouldBe(["ORDERS/a", "ORDERS/b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Report_of_a_replaced_activation_tells_the_truth_and_ends_it()
    {
        await service.Roster.Register(Native("a"));
        var zombie = service.Publisher.Report!;
        var zombieRoster = service.Roster;
        service.Activate();
        await service.Roster.Deregister("a");
        service.SteppedDown.ShouldBeFalse();

        var report = await zombie();

        report.Version.ShouldBe(2);
        report.Entries.ShouldHaveSingleItem().Value.ShouldBeOfType<Instance>().Action.ShouldBe(InstanceAction.Deleted);
        service.SteppedDown.ShouldBeTrue();
        await Should.ThrowAsync<StateNotWrittenException>(zombieRoster.Register(Native("b")));
    }

    [Fact]
    public async Task Activation_that_learns_from_a_report_that_it_was_replaced_writes_nothing()
    {
        await service.Roster.Register(Native("a"));
        var (zombie, report) = (service.Roster, service.Publisher.Report!);
        service.Activate();
        await service.Roster.Deregister("a");
        service.Publisher.EnrolGate = new TaskCompletionSource();
        var before = zombie.Register(Native("b"));
        // It reads what its successor wrote, and could write over it from now on.
        await report();

        var after = zombie.Register(Native("c"));
        service.Publisher.EnrolGate.SetResult();

        await Should.ThrowAsync<StateNotWrittenException>(before);
        await Should.ThrowAsync<StateNotWrittenException>(after);
        service.Store.Read().Instances.ShouldHaveSingleItem().Value.Action.ShouldBe(InstanceAction.Deleted);
    }

    [Fact]
    public async Task Replaced_activation_writes_nothing()
    {
        await service.Roster.Register(Native("a"));
        var zombie = service.Roster;
        service.Activate();
        await service.Roster.Deregister("a");

        await Should.ThrowAsync<StateNotWrittenException>(zombie.SetStatus("a", InstanceStatus.Up, null));

        service.Store.Read().Instances["a"].Action.ShouldBe(InstanceAction.Deleted);
    }

    public void Dispose() => service.Dispose();

    private static ImmutableDictionary<string, string> Pairs(string key, string value) =>
        ImmutableDictionary<string, string>.Empty.Add(key, value);

    private Operation Now(string id) => Operation.Now(id, service.Time);
}
