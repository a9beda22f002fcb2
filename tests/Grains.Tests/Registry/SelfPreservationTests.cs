using Gatehouse.Grains.Registry;
using Shouldly;
using static Gatehouse.Grains.Tests.Registry.ServiceHarness;

namespace Gatehouse.Grains.Tests.Registry;

public sealed class SelfPreservationTests : IDisposable
{
    private readonly ServiceHarness service = new();

    [Fact]
    public async Task Most_silent_at_once_are_kept_as_suspects_that_still_take_calls()
    {
        await RegisterAll("a", "b", "c", "d");
        service.Pass(20);
        service.Beat("d");

        service.Pass(10.1);

        foreach (var id in (string[])["a", "b", "c"])
        {
            service.InView(id)!.Suspect.ShouldBeTrue();
            service.InView(id)!.TakesCalls.ShouldBeTrue();
        }

        service.InView("d")!.Suspect.ShouldBeFalse();
    }

    [Fact]
    public async Task Half_of_the_service_is_not_most_of_it_and_is_evicted()
    {
        await RegisterAll("a", "b", "c", "d");
        service.Pass(20);
        service.BeatAll("c", "d");

        service.Pass(10.1);

        service.InView("a")!.TakesCalls.ShouldBeFalse();
        service.InView("b")!.TakesCalls.ShouldBeFalse();
        service.InView("c")!.TakesCalls.ShouldBeTrue();
    }

    [Fact]
    public async Task Services_below_the_minimum_are_not_preserved()
    {
        await RegisterAll("a", "b");

        service.Pass(30.1);

        service.InView("a")!.TakesCalls.ShouldBeFalse();
        service.InView("b")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Instances_about_to_expire_count_as_silent()
    {
        await service.Roster.Register(Native("a"));
        service.Pass(4);
        await service.Roster.Register(Native("b"));
        service.Pass(4);
        await service.Roster.Register(Native("c"));

        // At a's deadline b is silent for 26 s and c for 22 s: more than two thirds of 30 s.
        service.Pass(22.1);
        service.InView("a")!.Suspect.ShouldBeTrue();
        service.InView("b")!.Suspect.ShouldBeFalse();
        service.Pass(8);
        service.InView("c")!.Suspect.ShouldBeTrue();
    }

    [Fact]
    public async Task Heartbeat_clears_suspicion()
    {
        await RegisterAll("a", "b", "c");
        service.Pass(30.1);
        service.InView("a")!.Suspect.ShouldBeTrue();

        service.Beat("a").ShouldBe(BeatOutcome.Renewed);

        service.InView("a")!.Suspect.ShouldBeFalse();
        service.Store.Read().Instances["a"].Suspect.ShouldBeFalse();
        service.InView("b")!.Suspect.ShouldBeTrue();
    }

    [Fact]
    public async Task Suspect_that_stays_silent_is_evicted_after_the_timeout()
    {
        await RegisterAll("a", "b", "c");
        service.Pass(30.1);
        service.Pass(service.Options.SuspectTimeout - TimeSpan.FromSeconds(1));
        service.InView("a")!.TakesCalls.ShouldBeTrue();

        service.Pass(1.1);

        service.InView("a")!.TakesCalls.ShouldBeFalse();
    }

    [Fact]
    public async Task Restart_keeps_suspicion_until_a_heartbeat()
    {
        await RegisterAll("a", "b", "c");
        service.Pass(30.1);

        service.Activate();

        service.InView("a")!.Suspect.ShouldBeTrue();
        service.Beat("a");
        service.InView("a")!.Suspect.ShouldBeFalse();
    }

    public void Dispose() => service.Dispose();

    private async Task RegisterAll(params string[] ids)
    {
        foreach (var id in ids)
        {
            await service.Roster.Register(Native(id, 30));
        }
    }
}
