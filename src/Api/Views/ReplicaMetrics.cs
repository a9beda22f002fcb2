using System.Diagnostics.Metrics;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>What replicas measure, on meter <c>Gatehouse.Views</c>.</summary>
internal static class ReplicaMetrics
{
    public static void Observe(IMeterFactory meters, IReplicaStatus replica)
    {
        var meter = meters.Create(ViewMetrics.MeterName);
        var view = new KeyValuePair<string, object?>("view", replica.Name);
        meter.CreateObservableGauge(
            "gatehouse.view.version",
            () => new Measurement<long>(replica.Version.Sequence, view),
            description: "The version in force at this front door, within the publisher's term.");
        meter.CreateObservableGauge(
            "gatehouse.view.lag",
            () => replica.Lag is { } lag ? [new Measurement<double>(lag.TotalSeconds, view)] : Array.Empty<Measurement<double>>(),
            "s",
            "How long ago this front door last knew that it was current.");
        meter.CreateObservableGauge(
            "gatehouse.view.lease.state",
            () => new Measurement<int>((int)replica.State, view),
            description: "0 nothing received, 1 leased, 2 renewing, 3 stale.");
    }
}
