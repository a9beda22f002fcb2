using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Traffic;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>
/// Lets calls through to services and instances whose circuits are closed, counts how they end, and opens what fails too
/// often: here at once, everywhere within milliseconds. With all circuits closed a call costs two look-ups and two increments.
/// </summary>
internal sealed class CircuitGate(
    CircuitTable table,
    IReplica<CircuitSnapshot> view,
    CircuitProbes probes,
    CircuitReporter reporter,
    OutlierWatch outliers,
    CircuitGauges gauges,
    TrafficTable traffic,
    TimeProvider time)
{
    /// <summary>Lets a call to a service through, and gives it its pass; or says why not.</summary>
    public ValueTask<Problem?> Enter(GatewayCall call, string service)
    {
        // The lease first: what was published by then is in what is read next.
        var read = view.Read(call.Context.RequestAborted);
        var circuits = table.Of(service);
        if (!read.IsCompletedSuccessfully || circuits.Open?.Service is not null)
        {
            return Enter(call, circuits, read);
        }

        call.Circuits = new ServicePass(this, circuits, call, null);
        return default;
    }

    /// <summary>What of a service's instances may be called.</summary>
    internal ValueTask<InstanceChoice> Choose(ServiceCircuits circuits, ServiceInstances instances, GatewayCall call)
    {
        if (circuits.Open is not { } open)
        {
            return new(new InstanceChoice(instances));
        }

        circuits.Lapse();
        return open.Instances.Count == 0 ? new(new InstanceChoice(instances)) : Choose(circuits, open, instances, call);
    }

    /// <summary>Counts how a call ended, and opens the circuit if it is to.</summary>
    /// <param name="circuits">The circuits of the service.</param>
    /// <param name="plan">The route.</param>
    /// <param name="instance">The instance that was called; empty for the call to the service, with all its attempts.</param>
    /// <param name="outcome">How it ended.</param>
    internal void Record(ServiceCircuits circuits, RoutePlan plan, string instance, CallOutcome outcome)
    {
        var rule = plan.Circuit;
        if (!rule.Off && circuits.Meters(rule).Record(instance, outcome) is { } reason && circuits.Trip(instance, rule.Sleep, reason))
        {
            reporter.Trip(circuits, new CircuitTrip(instance, time.GetUtcNow(), rule.Sleep, reason));
        }

        if (plan.Outliers is { } compared && instance.Length > 0)
        {
            outliers.Record(circuits, circuits.Outliers(compared), instance, outcome);
        }
    }

    private async ValueTask<Problem?> Enter(GatewayCall call, ServiceCircuits circuits, ValueTask<CircuitSnapshot> read)
    {
        await read;
        circuits.Lapse();
        Probe? probe = null;
        var circuit = circuits.Open?.Service;
        if (circuit is not null && OpenCircuits.Holds(circuit, IsHeeded(call)) && !ActsAlone(circuit))
        {
            var answer = ProbeAnswer.Refused;
            if (IsDue(circuit))
            {
                (answer, probe) = await probes.Ask(circuits, "", call);
            }

            if (answer == ProbeAnswer.Refused)
            {
                return Refuse(circuits, circuit.ProbeAt);
            }
        }

        call.Circuits = new ServicePass(this, circuits, call, probe);
        return null;
    }

    private async ValueTask<InstanceChoice> Choose(ServiceCircuits circuits, OpenCircuits open, ServiceInstances instances, GatewayCall call)
    {
        var selected = open.Select(instances, IsHeeded(call));
        if (IsHeeded(call) && time.GetUtcNow() >= open.ProbeAt)
        {
            var due = open.Shut(instances.Routable).Where(shut => IsDue(shut.Circuit)).ToList();
            if (due.Exists(shut => ActsAlone(shut.Circuit)))
            {
                return new InstanceChoice(selected with { Routable = selected.Routable.AddRange(due.Select(shut => shut.Instance)) });
            }

            // One at most: what a request may have to wait for does not grow with what is open.
            if (due.Find(shut => !circuits.IsAsking(shut.Circuit.Instance)) is { Instance: { } instance })
            {
                var (answer, probe) = await probes.Ask(circuits, instance.Instance.Id, call);
                if (answer != ProbeAnswer.Refused)
                {
                    return new InstanceChoice(selected) { Probed = instance, Probe = probe };
                }
            }
        }

        return selected.Routable.IsEmpty && !instances.Routable.IsEmpty
            ? new InstanceChoice(selected) { Refusal = Refuse(circuits, open.ProbeAt) }
            : new InstanceChoice(selected);
    }

    private static bool IsHeeded(GatewayCall call) => !call.Plan.Circuit.Off;

    // Without the cluster nobody grants a probe: once the sleep is over calls pass, and what fails again opens again, here alone.
    private bool ActsAlone(CircuitEntry circuit) => IsDue(circuit) && view.State == LeaseState.Stale;

    private bool IsDue(CircuitEntry circuit) => circuit is { IsOpen: true, Mode: CircuitMode.Auto } && time.GetUtcNow() >= circuit.ProbeAt;

    private Problem Refuse(ServiceCircuits circuits, DateTimeOffset probeAt)
    {
        gauges.ShortCircuited(circuits.Name);
        traffic.Enter(SeriesKind.Service, circuits.Name).Leave(new CallFigures(0, CallOutcome.ShortCircuited, 0, 0));
        return CircuitProblems.Open(circuits.Name, probeAt - time.GetUtcNow());
    }
}

/// <summary>What may be called of a service's instances.</summary>
/// <param name="Instances">Those that a balancer picks from.</param>
internal readonly record struct InstanceChoice(ServiceInstances Instances)
{
    /// <summary>The instance that is to be called instead, to find out whether it is well; null when none is.</summary>
    public RoutableInstance? Probed { get; init; }

    /// <summary>That the call to it is the one that its circuit admits; null when the circuit has just closed.</summary>
    public Probe? Probe { get; init; }

    /// <summary>Why none may be called; null when some may.</summary>
    public Problem? Refusal { get; init; }
}
