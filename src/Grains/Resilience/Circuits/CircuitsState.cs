using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>
/// The circuits of one service and its instances as they are stored, and what each report and command makes of them. What
/// is stored decides who may probe, so that neither a lost message nor a failover lets a second one through.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.circuits.circuits-state")]
internal sealed record CircuitsState : IOwnedState
{
    /// <summary>After which a report is no evidence any more.</summary>
    public static readonly TimeSpan Evidence = TimeSpan.FromSeconds(3);

    /// <summary>Added to a probe's term: the asker counts it from before asking, by its own clock.</summary>
    public static readonly TimeSpan ProbeMargin = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>The circuits that are not as all are at first, by key.</summary>
    [Id(1)] public ImmutableDictionary<string, CircuitEntry> Circuits { get; init; } = ImmutableDictionary<string, CircuitEntry>.Empty;

    /// <summary>The keys that the write to this version changed.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    /// <summary>When circuits were closed lately: what was seen before is no evidence against them.</summary>
    [Id(3)] public ImmutableDictionary<string, DateTimeOffset> ClosedAt { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;

    public ImmutableArray<ViewChange> Entries() => [.. Circuits.Values.Select(circuit => new ViewChange(circuit.Key, circuit))];

    public ImmutableArray<ViewChange> LastChanges() => [.. Changed.Select(key => new ViewChange(key, Circuits.GetValueOrDefault(key)))];

    /// <summary>The circuit of the service, or of one of its instances.</summary>
    public CircuitEntry Find(string service, string instance) =>
        Circuits.GetValueOrDefault(CircuitEntry.KeyOf(service, instance)) ?? new CircuitEntry { Service = service, Instance = instance };

    /// <summary>Opens what has failed too often.</summary>
    public CircuitsState Trip(string service, ImmutableArray<CircuitTrip> trips, DateTimeOffset now) => With(
        trips.DistinctBy(trip => trip.Instance)
            .Where(trip => IsEvidence(CircuitEntry.KeyOf(service, trip.Instance), trip.At, now))
            .Select(trip => (Trip: trip, Before: Find(service, trip.Instance)))
            .Where(item => item.Before is { State: CircuitState.Closed, Mode: CircuitMode.Auto })
            .Select(item => Open(item.Before with { Sleep = Bounded(item.Trip.Sleep), Reason = item.Trip.Reason }, now)),
        now);

    /// <summary>Admits one probe, if one may be.</summary>
    public CircuitsState Admit(string service, ProbeAsk ask, DateTimeOffset now)
    {
        var circuit = Find(service, ask.Instance);
        return circuit is { IsOpen: true, Mode: CircuitMode.Auto } && circuit.Probe != ask.Id && now >= circuit.ProbeAt
            ? With([circuit with { State = CircuitState.HalfOpen, Since = now, Probe = ask.Id, ProbeAt = now + Bounded(ask.Term) + ProbeMargin }], now)
            : this;
    }

    /// <summary>What a probe's asker is told.</summary>
    public ProbeAnswer Answer(string service, ProbeAsk ask) => Find(service, ask.Instance) switch
    {
        { State: CircuitState.Closed } => ProbeAnswer.Closed,
        { State: CircuitState.HalfOpen } circuit when circuit.Probe == ask.Id => ProbeAnswer.Granted,
        _ => ProbeAnswer.Refused,
    };

    /// <summary>Closes a circuit, or opens it anew, by what came of its probe.</summary>
    public CircuitsState Conclude(string service, ProbeResult result, DateTimeOffset now)
    {
        var circuit = Find(service, result.Instance);
        if (circuit is not { State: CircuitState.HalfOpen, Mode: CircuitMode.Auto } || circuit.Probe != result.Id)
        {
            return this;
        }

        return result.Verdict switch
        {
            ProbeVerdict.Success => With([Closed(circuit)], now),
            ProbeVerdict.Failure => With([Open(circuit with { Reason = "Its probe failed." }, now)], now),
            _ => With([circuit with { State = CircuitState.Open, Since = now, ProbeAt = now + (circuit.Sleep / 5) }], now),
        };
    }

    /// <summary>Does what an operator decides. <see cref="CircuitMode.Auto"/> closes the circuit and lets its calls decide from then on.</summary>
    public CircuitsState Force(string service, string instance, CircuitMode mode, string reason, DateTimeOffset now)
    {
        var circuit = Find(service, instance);
        if (mode == CircuitMode.Auto)
        {
            return With([Closed(circuit) with { Ejected = null }], now);
        }

        var next = circuit with
        {
            Mode = mode,
            State = mode == CircuitMode.ForcedOpen ? CircuitState.Open : CircuitState.Closed,
            Since = circuit.Mode == mode ? circuit.Since : now,
            Reason = reason,
            ProbeAt = DateTimeOffset.MaxValue,
            Probe = Guid.Empty,
        };
        return With([next], now);
    }

    /// <summary>Passes over an instance that does worse than the others, unless too many are already.</summary>
    public CircuitsState Eject(string service, OutlierReport report, DateTimeOffset now)
    {
        var circuit = Find(service, report.Instance);
        var others = Circuits.Values.Count(other => other.Ejected is { } ejection && ejection.Until > now && other.Instance != report.Instance);
        return circuit is { Ejected: null, Mode: CircuitMode.Auto } && others < report.Most && IsEvidence(circuit.Key, report.At, now)
            ? With([circuit with { Ejected = new Ejection(now, now + Bounded(report.For), report.Reason) }], now)
            : this;
    }

    /// <summary>Takes up what active probes found out.</summary>
    /// <param name="service">The service.</param>
    /// <param name="reasons">Why each instance is unhealthy; null where it is healthy.</param>
    /// <param name="now">The time.</param>
    public CircuitsState Diagnose(string service, ImmutableDictionary<string, string?> reasons, DateTimeOffset now) => With(
        reasons.Select(found => (Reason: found.Value, Circuit: Find(service, found.Key)))
            .Where(found => (found.Circuit.Unhealthy is null) != (found.Reason is null))
            .Select(found => found.Circuit with { Unhealthy = Sickness.Of(found.Reason, now) }),
        now);

    /// <summary>Takes back into balancing the outliers whose time is up, and forgets what is gone from the registry.</summary>
    /// <param name="isGone">Whether an instance is gone.</param>
    /// <param name="now">The time.</param>
    /// <param name="isProbed">Whether somebody still asks the instances whether they are well.</param>
    public CircuitsState Tidy(Func<CircuitEntry, bool> isGone, DateTimeOffset now, bool isProbed = true) => With(
        Circuits.Values.Select(circuit => isGone(circuit)
            ? new CircuitEntry { Service = circuit.Service, Instance = circuit.Instance }
            : circuit with { Ejected = circuit.Ejected?.At(now), Unhealthy = circuit.Unhealthy?.If(isProbed) }),
        now);

    /// <summary>When the first outlier comes back; null when none is out.</summary>
    public DateTimeOffset? NextReturn() => Circuits.Values.Min(circuit => circuit.Ejected?.Until);

    private static CircuitEntry Open(CircuitEntry circuit, DateTimeOffset now) =>
        circuit with { State = CircuitState.Open, Since = now, ProbeAt = now + circuit.Sleep };

    private static CircuitEntry Closed(CircuitEntry circuit) => new()
    {
        Service = circuit.Service,
        Instance = circuit.Instance,
        Ejected = circuit.Ejected,
        Unhealthy = circuit.Unhealthy,
    };

    private static TimeSpan Bounded(TimeSpan span) => TimeSpan.FromTicks(Math.Clamp(span.Ticks, Shortest.Ticks, Longest.Ticks));

    private bool IsEvidence(string key, DateTimeOffset at, DateTimeOffset now) =>
        now - at <= Evidence && !(ClosedAt.TryGetValue(key, out var closed) && at <= closed);

    private CircuitsState With(IEnumerable<CircuitEntry> entries, DateTimeOffset now)
    {
        var (circuits, closed) = (Circuits.ToBuilder(), ClosedAt.ToBuilder());
        var changed = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in entries)
        {
            var before = Circuits.GetValueOrDefault(entry.Key);
            var after = entry.IsNothing ? null : entry;
            if (after == before)
            {
                continue;
            }

            changed.Add(entry.Key);
            if (after is null)
            {
                circuits.Remove(entry.Key);
            }
            else
            {
                circuits[entry.Key] = after;
            }

            if (before is { IsOpen: true } && !entry.IsOpen)
            {
                closed[entry.Key] = now;
            }
        }

        if (changed.Count == 0)
        {
            return this;
        }

        closed.RemoveRange(ClosedAt.Where(item => now - item.Value > Evidence).Select(item => item.Key));
        return new CircuitsState
        {
            Version = Version + 1,
            Circuits = circuits.ToImmutable(),
            Changed = changed.ToImmutable(),
            ClosedAt = closed.ToImmutable(),
        };
    }
}
