using System.Diagnostics.Metrics;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>What a front door measures of circuits, on meter <c>Gatehouse.Circuits</c>.</summary>
internal sealed class CircuitGauges
{
    // The others are closed, or there are too many to tell of each.
    private const int MaxSeries = 1000;

    private readonly Counter<long> shortCircuited;

    public CircuitGauges(IMeterFactory meters, CircuitTable table)
    {
        var meter = meters.Create("Gatehouse.Circuits");
        shortCircuited = meter.CreateCounter<long>(
            "gatehouse.circuit.short_circuited", "{request}", "Requests that were answered 503 because a circuit was open.");
        meter.CreateObservableGauge(
            "gatehouse.circuit.state",
            () => table.All
                .SelectMany(service => service.Open?.All ?? [])
                .Take(MaxSeries)
                .Select(circuit => new Measurement<int>(
                    (int)circuit.State, new("gatehouse.service", circuit.Service), new("gatehouse.instance", circuit.Instance))),
            description: "Circuits that are not as all are at first: 0 closed, 1 open, 2 half-open. The instance is empty for a service's own.");
        meter.CreateObservableGauge(
            "gatehouse.circuit.avoided",
            () => table.All
                .SelectMany(service => service.Open?.All ?? [])
                .Where(circuit => circuit.IsAvoided)
                .GroupBy(circuit => (circuit.Service, Cause: circuit.Unhealthy is null ? "outlier" : "unhealthy"))
                .Take(MaxSeries)
                .Select(group => new Measurement<int>(
                    group.Count(), new("gatehouse.service", group.Key.Service), new("gatehouse.cause", group.Key.Cause))),
            "{instance}",
            "Instances that are passed over in balancing, as outliers or because they do not pass their health probes.");
    }

    /// <summary>Counts a request that was not let through.</summary>
    public void ShortCircuited(string service)
    {
        if (shortCircuited.Enabled)
        {
            shortCircuited.Add(1, new KeyValuePair<string, object?>("gatehouse.service", service));
        }
    }
}
