using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Reports the instances that do worse than the others; the owner of the service's circuits sees to it that not too many are passed over.</summary>
internal sealed class OutlierWatch(IReplica<RegistrySnapshot> registry, CircuitReporter reporter, TimeProvider time)
{
    /// <summary>Counts how a call to an instance ended.</summary>
    public void Record(ServiceCircuits circuits, OutlierMeters meters, string instance, CallOutcome outcome)
    {
        if (meters.Record(instance, outcome) is { } reason)
        {
            Report(circuits, meters.Rule, [(instance, reason)]);
        }

        if (meters.IsDue())
        {
            _ = Task.Run(() => Report(circuits, meters.Rule, meters.Compare()));
        }
    }

    private void Report(ServiceCircuits circuits, RouteOutliers rule, ImmutableArray<(string Instance, string Reason)> outliers)
    {
        var instances = registry.Current.Services.TryGetValue(circuits.Name, out var known) ? known.Routable.Length : 0;
        var news = outliers.RemoveAll(outlier => circuits.Open?.Find(outlier.Instance) is { Ejected: not null });
        if (instances < 2 || news.IsEmpty)
        {
            return;
        }

        var most = Math.Max(1, (int)(rule.MaxShare * instances));
        reporter.Eject(
            circuits, [.. news.Select(outlier => new OutlierReport(outlier.Instance, time.GetUtcNow(), rule.Sleep, outlier.Reason, most))]);
    }
}
