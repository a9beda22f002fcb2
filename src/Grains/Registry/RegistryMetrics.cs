using System.Diagnostics.Metrics;

namespace Gatehouse.Grains.Registry;

/// <summary>What the registry's grains count, meter <c>Gatehouse.Registry</c>.</summary>
internal sealed class RegistryMetrics
{
    /// <summary>The meter's name; the front door's part of the registry uses it too.</summary>
    public const string MeterName = "Gatehouse.Registry";

    private readonly Counter<long> registrations;
    private readonly Counter<long> deregistrations;
    private readonly Counter<long> expiries;
    private readonly Counter<long> suspects;
    private readonly Counter<long> heartbeats;
    private readonly Histogram<int> batches;

    public RegistryMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        registrations = meter.CreateCounter<long>("gatehouse.registry.registrations", "{registration}", "Registrations taken.");
        deregistrations = meter.CreateCounter<long>("gatehouse.registry.deregistrations", "{instance}", "Instances that left.");
        expiries = meter.CreateCounter<long>("gatehouse.registry.expiries", "{instance}", "Instances removed because their lease ran out.");
        suspects = meter.CreateCounter<long>("gatehouse.registry.suspects", "{instance}", "Instances kept as suspect though their lease ran out.");
        heartbeats = meter.CreateCounter<long>("gatehouse.registry.heartbeats", "{heartbeat}", "Heartbeats received.");
        batches = meter.CreateHistogram<int>("gatehouse.registry.write.changes", "{change}", "Changes gathered in one write.");
    }

    public void Registered() => registrations.Add(1);

    public void Deregistered() => deregistrations.Add(1);

    public void Expired() => expiries.Add(1);

    public void Suspected() => suspects.Add(1);

    public void Beaten(int count) => heartbeats.Add(count);

    public void Wrote(int changes) => batches.Record(changes);
}
