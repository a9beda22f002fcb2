using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gatehouse.Grains.Views;

/// <summary>What publishers measure, on meter <c>Gatehouse.Views</c>.</summary>
public sealed class ViewMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gatehouse.Views";

    private readonly Histogram<double> publish;
    private readonly ConcurrentDictionary<string, (ViewVersion Version, int Replicas)> publishers = new();

    /// <summary>Makes the instruments.</summary>
    public ViewMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        publish = meter.CreateHistogram(
            "gatehouse.view.publish.duration",
            "s",
            "Time from a publish's arrival until every front door has applied it or holds no lease.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 3, 10] });
        meter.CreateObservableGauge(
            "gatehouse.view.publisher.version",
            () => publishers.Select(p => new Measurement<long>(p.Value.Version.Sequence, Tag(p.Key))),
            description: "Changes accepted by the publisher in its term.");
        meter.CreateObservableGauge(
            "gatehouse.view.publisher.replicas",
            () => publishers.Select(p => new Measurement<int>(p.Value.Replicas, Tag(p.Key))),
            description: "Replicas that changes wait for.");
    }

    internal void Published(string view, TimeSpan duration) => publish.Record(duration.TotalSeconds, Tag(view));

    internal void Publisher(string view, ViewVersion version, int replicas) => publishers[view] = (version, replicas);

    private static KeyValuePair<string, object?> Tag(string view) => new("view", view);
}
