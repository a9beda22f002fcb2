using System.Diagnostics.Metrics;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Grains.Resilience.Health;

/// <summary>What active probes count, on meter <c>Gatehouse.Circuits</c>.</summary>
internal sealed class HealthMetrics
{
    private readonly Counter<long> probes;

    public HealthMetrics(IMeterFactory meters) => probes = meters.Create(CircuitMetrics.MeterName).CreateCounter<long>(
        "gatehouse.health.probes", "{probe}", "Active health probes, by their result.");

    /// <summary>Counts a probe.</summary>
    public void Probed(string service, bool good) => probes.Add(
        1, new("gatehouse.service", service), new KeyValuePair<string, object?>("gatehouse.health.result", good ? "good" : "bad"));
}
