using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>
/// A call's way through the circuits of its service: to which instances it may go, and how it ended there. Attempts may be
/// under way side by side.
/// </summary>
internal sealed class ServicePass(CircuitGate gate, ServiceCircuits circuits, GatewayCall call, Probe? service)
{
    private const int Nothing = -1;

    private ImmutableList<Probe> probes = [];
    private int last = Nothing;

    /// <summary>Why no instance may be called; null when some may, or there are none.</summary>
    public Problem? Refusal { get; private set; }

    /// <summary>Whether the call is the one that the service's circuit admits: it is to be one attempt.</summary>
    public bool IsProbe => service is not null;

    private CallOutcome? Last => Volatile.Read(ref last) is >= 0 and var outcome ? (CallOutcome)outcome : null;

    /// <summary>What of the service's instances an attempt may go to.</summary>
    public async ValueTask<InstanceChoice> Choose(ServiceInstances instances)
    {
        var choice = await gate.Choose(circuits, instances, call);
        Refusal = choice.Refusal;
        if (choice.Probe is { } probe)
        {
            ImmutableInterlocked.Update(ref probes, static (all, one) => all.Add(one), probe);
        }

        return choice;
    }

    /// <summary>An attempt at an instance is over.</summary>
    public void Attempted(RoutableInstance instance, CallOutcome outcome)
    {
        gate.Record(circuits, call.Plan, instance.Instance.Id, outcome);
        if (!probes.IsEmpty)
        {
            EndProbe(instance.Instance.Id, outcome);
        }

        // One that was given up for another says nothing of how the call ended.
        if (outcome != CallOutcome.Cancelled)
        {
            Volatile.Write(ref last, (int)outcome);
        }
    }

    /// <summary>The call is over. Once, before the request is.</summary>
    /// <param name="outcome">How it ended; null for as the last of its attempts did.</param>
    public void End(CallOutcome? outcome = null)
    {
        outcome ??= Last;
        if (outcome is { } ended)
        {
            gate.Record(circuits, call.Plan, "", ended);
        }

        service?.End(outcome);
        probes.ForEach(probe => probe.End(null));
    }

    // Apart, as what a lambda captures is allocated as soon as the method is called.
    private void EndProbe(string instance, CallOutcome outcome) => probes.Find(probe => probe.Instance == instance)?.End(outcome);
}
