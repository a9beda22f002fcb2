using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Grains.Tests.Resilience.Circuits;

/// <summary>What reports, probes and operators make of the circuits of a service.</summary>
public sealed class CircuitsStateTests
{
    private const string Service = "BOOKS";

    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(2);

    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(60);

    [Fact]
    public void Trip_opens_a_closed_circuit_for_its_sleep()
    {
        var state = Tripped("a");

        var circuit = state.Find(Service, "a");
        circuit.State.ShouldBe(CircuitState.Open);
        circuit.ProbeAt.ShouldBe(now + Sleep);
        circuit.Reason.ShouldBe("bad");
        state.Find(Service, "b").State.ShouldBe(CircuitState.Closed);
        state.Find(Service, "").State.ShouldBe(CircuitState.Closed);
        state.LastChanges().ShouldHaveSingleItem().Key.ShouldBe("BOOKS/a");
    }

    [Fact]
    public void Trip_of_an_open_circuit_changes_nothing()
    {
        var state = Tripped("a");
        Later(1);

        state.Trip(Service, [Trip("a")], now).ShouldBeSameAs(state);
    }

    [Fact]
    public void Trip_that_comes_too_late_is_no_evidence()
    {
        var trip = Trip("a");
        Later(CircuitsState.Evidence.TotalSeconds + 0.1);

        new CircuitsState().Trip(Service, [trip], now).Circuits.ShouldBeEmpty();
    }

    [Fact]
    public void Trip_from_before_the_circuit_closed_is_no_evidence()
    {
        var state = Tripped("a");
        Later(5);
        var late = Trip("a");
        state = Probed(state, "a", ProbeVerdict.Success);
        Later(1);

        state.Trip(Service, [late], now).ShouldBeSameAs(state);
        state.Trip(Service, [Trip("a")], now).Find(Service, "a").State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void Ask_before_the_sleep_is_over_is_refused()
    {
        var state = Tripped("a");
        Later(4.9);
        var ask = Ask("a");

        state.Admit(Service, ask, now).ShouldBeSameAs(state);
        state.Answer(Service, ask).ShouldBe(ProbeAnswer.Refused);
    }

    [Fact]
    public void Ask_after_the_sleep_is_granted_to_one_alone()
    {
        var state = Tripped("a");
        Later(5);
        var (first, second) = (Ask("a"), Ask("a"));
        state = state.Admit(Service, first, now);
        state.Answer(Service, first).ShouldBe(ProbeAnswer.Granted);
        state.Find(Service, "a").State.ShouldBe(CircuitState.HalfOpen);

        state.Admit(Service, second, now).ShouldBeSameAs(state);
        state.Answer(Service, second).ShouldBe(ProbeAnswer.Refused);
    }

    [Fact]
    public void Probe_whose_term_is_over_gives_way_to_another()
    {
        var state = Tripped("a");
        Later(5);
        var (first, second) = (Ask("a"), Ask("a"));
        state = state.Admit(Service, first, now);
        now += Term;
        state.Admit(Service, second, now).ShouldBeSameAs(state);
        now += CircuitsState.ProbeMargin;
        state = state.Admit(Service, second, now);

        state.Answer(Service, second).ShouldBe(ProbeAnswer.Granted);
        state.Answer(Service, first).ShouldBe(ProbeAnswer.Refused);
        state.Conclude(Service, new ProbeResult(first.Id, "a", ProbeVerdict.Success), now).ShouldBeSameAs(state);
    }

    [Fact]
    public void Success_of_the_probe_closes_the_circuit_and_leaves_no_entry()
    {
        var state = Tripped("a");
        Later(5);
        state = Probed(state, "a", ProbeVerdict.Success);

        state.Circuits.ShouldBeEmpty();
        state.LastChanges().ShouldHaveSingleItem().Value.ShouldBeNull();
        state.Answer(Service, Ask("a")).ShouldBe(ProbeAnswer.Closed);
    }

    [Fact]
    public void Failure_of_the_probe_opens_it_for_another_sleep()
    {
        var state = Tripped("a");
        Later(5);
        state = Probed(state, "a", ProbeVerdict.Failure);

        state.Find(Service, "a").ProbeAt.ShouldBe(now + Sleep);
        state.Find(Service, "a").State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void Probe_that_was_not_sent_can_be_followed_soon()
    {
        var state = Tripped("a");
        Later(5);
        state = Probed(state, "a", ProbeVerdict.Unused);
        Later(1);
        var ask = Ask("a");

        state.Admit(Service, ask, now).Answer(Service, ask).ShouldBe(ProbeAnswer.Granted);
    }

    [Fact]
    public void Result_of_a_probe_that_nobody_granted_counts_for_nothing()
    {
        var state = Tripped("a");

        state.Conclude(Service, new ProbeResult(Guid.NewGuid(), "a", ProbeVerdict.Success), now).ShouldBeSameAs(state);
        state.Conclude(Service, new ProbeResult(Guid.Empty, "a", ProbeVerdict.Success), now).ShouldBeSameAs(state);
    }

    [Fact]
    public void Operators_open_circuit_admits_no_probe()
    {
        var state = new CircuitsState().Force(Service, "", CircuitMode.ForcedOpen, "maintenance", now);
        Later(100_000);
        var ask = Ask("");

        state.Find(Service, "").IsOpen.ShouldBeTrue();
        state.Admit(Service, ask, now).ShouldBeSameAs(state);
        state.Answer(Service, ask).ShouldBe(ProbeAnswer.Refused);
    }

    [Fact]
    public void Operators_closed_circuit_ignores_reports()
    {
        var state = Tripped("a").Force(Service, "a", CircuitMode.ForcedClosed, "known", now);
        state.Find(Service, "a").IsOpen.ShouldBeFalse();

        state.Trip(Service, [Trip("a")], now).ShouldBeSameAs(state);
        state.Eject(Service, Outlier("a", most: 9), now).ShouldBeSameAs(state);
        state.Diagnose(Service, ImmutableDictionary<string, string?>.Empty.Add("a", "ill"), now).Find(Service, "a").IsAvoided.ShouldBeFalse();
    }

    [Fact]
    public void Auto_closes_the_circuit_and_leaves_it_to_its_calls()
    {
        var state = new CircuitsState().Force(Service, "a", CircuitMode.ForcedOpen, "", now).Force(Service, "a", CircuitMode.Auto, "", now);
        state.Circuits.ShouldBeEmpty();
        Later(0.1);

        state.Trip(Service, [Trip("a")], now).Find(Service, "a").IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void Probe_under_way_when_an_operator_decides_counts_for_nothing()
    {
        var state = Tripped("a");
        Later(5);
        var ask = Ask("a");
        state = state.Admit(Service, ask, now).Force(Service, "a", CircuitMode.ForcedOpen, "", now);

        state.Conclude(Service, new ProbeResult(ask.Id, "a", ProbeVerdict.Success), now).ShouldBeSameAs(state);
    }

    [Fact]
    public void Eject_takes_out_no_more_than_the_cap_until_their_time_is_up()
    {
        var state = new CircuitsState()
            .Eject(Service, Outlier("a", most: 2), now)
            .Eject(Service, Outlier("b", most: 2), now)
            .Eject(Service, Outlier("c", most: 2), now);
        state.Circuits.Keys.ShouldBe(["BOOKS/a", "BOOKS/b"], ignoreOrder: true);
        state.Find(Service, "a").IsAvoided.ShouldBeTrue();
        state.Find(Service, "a").IsOpen.ShouldBeFalse();

        now = state.NextReturn()!.Value;
        state.Tidy(_ => false, now).Circuits.ShouldBeEmpty();
    }

    [Fact]
    public void Diagnosis_avoids_what_is_unhealthy_and_nothing_else()
    {
        var state = new CircuitsState().Diagnose(
            Service, ImmutableDictionary<string, string?>.Empty.Add("a", "503").Add("b", null), now);
        state.Circuits.Keys.ShouldHaveSingleItem().ShouldBe("BOOKS/a");
        state.Find(Service, "a").IsAvoided.ShouldBeTrue();

        state.Diagnose(Service, ImmutableDictionary<string, string?>.Empty.Add("a", null), now).Circuits.ShouldBeEmpty();
    }

    [Fact]
    public void Closing_by_a_probe_keeps_what_else_is_known_of_the_instance()
    {
        var state = Tripped("a").Diagnose(Service, ImmutableDictionary<string, string?>.Empty.Add("a", "503"), now);
        Later(5);
        state = Probed(state, "a", ProbeVerdict.Success);

        state.Find(Service, "a").Unhealthy!.Reason.ShouldBe("503");
        state.Find(Service, "a").IsOpen.ShouldBeFalse();
    }

    [Fact]
    public void Tidy_forgets_what_is_gone()
    {
        var state = Tripped("a").Force(Service, "b", CircuitMode.ForcedOpen, "", now).Force(Service, "", CircuitMode.ForcedOpen, "", now);

        state.Tidy(circuit => circuit.Instance.Length > 0, now).Circuits.Keys.ShouldHaveSingleItem().ShouldBe(Service);
    }

    [Fact]
    public void Every_change_is_one_version_and_what_changes_nothing_is_none()
    {
        var state = new CircuitsState().Trip(Service, [Trip("a"), Trip("b"), Trip("a")], now);
        state.Version.ShouldBe(1);
        state.Changed.ShouldBe(["BOOKS/a", "BOOKS/b"], ignoreOrder: true);

        state.Tidy(_ => false, now).ShouldBeSameAs(state);
    }

    private CircuitsState Tripped(string instance) => new CircuitsState().Trip(Service, [Trip(instance)], now);

    private CircuitsState Probed(CircuitsState state, string instance, ProbeVerdict verdict)
    {
        var ask = Ask(instance);
        return state.Admit(Service, ask, now).Conclude(Service, new ProbeResult(ask.Id, instance, verdict), now);
    }

    private CircuitTrip Trip(string instance) => new(instance, now, Sleep, "bad");

    private OutlierReport Outlier(string instance, int most) => new(instance, now, Sleep, "worse", most);

    private static ProbeAsk Ask(string instance) => new(Guid.NewGuid(), instance, Term);

    private void Later(double seconds) => now += TimeSpan.FromSeconds(seconds);
}
