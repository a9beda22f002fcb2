using System.Diagnostics.Metrics;

namespace Gatehouse.Grains.Resilience.Circuits;

/// <summary>What the owners of circuits count, once in the cluster, on meter <c>Gatehouse.Circuits</c>.</summary>
internal sealed class CircuitMetrics
{
    /// <summary>The meter's name; the front door's part uses it too.</summary>
    public const string MeterName = "Gatehouse.Circuits";

    private readonly Counter<long> transitions;
    private readonly Counter<long> ejections;

    public CircuitMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        transitions = meter.CreateCounter<long>(
            "gatehouse.circuit.transitions", "{transition}", "Changes of state of circuits.");
        ejections = meter.CreateCounter<long>(
            "gatehouse.circuit.ejections", "{instance}", "Instances that were passed over as outliers.");
    }

    /// <summary>Counts what a change has made of a circuit.</summary>
    public void Changed(CircuitEntry before, CircuitEntry after)
    {
        if (before.State != after.State)
        {
            transitions.Add(
                1,
                new("gatehouse.service", after.Service),
                new("gatehouse.circuit.of", after.Instance.Length == 0 ? "service" : "instance"),
                new("gatehouse.circuit.from", NameOf(before.State)),
                new("gatehouse.circuit.to", NameOf(after.State)));
        }

        if (before.Ejected is null && after.Ejected is not null)
        {
            ejections.Add(1, new KeyValuePair<string, object?>("gatehouse.service", after.Service));
        }
    }

    private static string NameOf(CircuitState state) => state switch
    {
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half-open",
        _ => "closed",
    };
}
