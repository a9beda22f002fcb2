using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>
/// What this front door knows of a service's circuits: those in the view, those it has opened itself and the cluster does not
/// show yet, and its own counts. Requests read one volatile reference; changes are made under a lock.
/// </summary>
internal sealed class ServiceCircuits(string name, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, byte> asking = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, CircuitEntry> shared = ImmutableDictionary<string, CircuitEntry>.Empty;
    private ImmutableDictionary<string, LocalTrip> local = ImmutableDictionary<string, LocalTrip>.Empty;
    private volatile OpenCircuits? open;
    private ImmutableArray<CircuitMeters> meters = [];
    private ImmutableArray<OutlierMeters> outliers = [];

    /// <summary>The service's name, upper-case.</summary>
    public string Name => name;

    /// <summary>The circuits that are not as all are at first; null, at once, when there are none.</summary>
    public OpenCircuits? Open => open;

    /// <summary>The counts by a rule.</summary>
    public CircuitMeters Meters(RouteCircuit rule)
    {
        foreach (var known in meters)
        {
            if (ReferenceEquals(known.Rule, rule))
            {
                return known;
            }
        }

        return Find(rule) ?? Add(rule);
    }

    /// <summary>The comparison of instances by a rule.</summary>
    public OutlierMeters Outliers(RouteOutliers rule)
    {
        foreach (var known in outliers)
        {
            if (ReferenceEquals(known.Rule, rule) || known.Rule == rule)
            {
                return known;
            }
        }

        lock (gate)
        {
            var added = outliers.FirstOrDefault(known => known.Rule == rule) ?? new OutlierMeters(rule, time);
            outliers = outliers.Contains(added) ? outliers : outliers.Add(added);
            return added;
        }
    }

    /// <summary>Takes what the view has of the service; what is closed now begins to count from nothing.</summary>
    /// <param name="changes">The changed circuits by instance id, empty for the service's own; null for those that are as at first again.</param>
    /// <param name="replace">Whether all others are as at first again.</param>
    public void Apply(IEnumerable<(string Instance, CircuitEntry? Circuit)> changes, bool replace)
    {
        lock (gate)
        {
            var before = shared;
            shared = replace ? shared.Clear() : shared;
            foreach (var (instance, circuit) in changes)
            {
                shared = circuit is null ? shared.Remove(instance) : shared.SetItem(instance, circuit);
                // Another change of it may overtake that it is open.
                if (circuit is not { IsOpen: false, Mode: CircuitMode.Auto })
                {
                    local = local.Remove(instance);
                }
            }

            foreach (var (instance, was) in before)
            {
                if (was.IsOpen && !(shared.TryGetValue(instance, out var now) && now.IsOpen))
                {
                    Clear(instance);
                }
            }

            Refresh();
        }
    }

    /// <summary>Opens a circuit here, at once and as long as the cluster does not show it: for its sleep at most.</summary>
    /// <returns>Whether it was closed.</returns>
    public bool Trip(string instance, TimeSpan sleep, string reason)
    {
        lock (gate)
        {
            if (local.ContainsKey(instance) || (shared.TryGetValue(instance, out var known) && (known.IsOpen || known.Mode != CircuitMode.Auto)))
            {
                return false;
            }

            var now = time.GetUtcNow();
            var circuit = (known ?? new CircuitEntry { Service = name, Instance = instance }) with
            {
                State = CircuitState.Open, Since = now, Reason = reason, Sleep = sleep, ProbeAt = now + sleep,
            };
            local = local.SetItem(instance, new LocalTrip(circuit, time.GetTimestamp() + Ticks(sleep)));
            Refresh();
            return true;
        }
    }

    /// <summary>The owner has heard of it: from now on the view says whether it is open.</summary>
    public void Settle(string instance, TimeSpan after)
    {
        lock (gate)
        {
            if (local.TryGetValue(instance, out var trip))
            {
                local = local.SetItem(instance, trip with { Until = Math.Min(trip.Until, time.GetTimestamp() + Ticks(after)) });
            }
        }
    }

    /// <summary>Closes again what was opened here and the cluster has not taken up.</summary>
    public void Lapse()
    {
        if (local.IsEmpty)
        {
            return;
        }

        lock (gate)
        {
            var now = time.GetTimestamp();
            var over = local.Where(trip => now >= trip.Value.Until).Select(trip => trip.Key).ToArray();
            if (over.Length == 0)
            {
                return;
            }

            local = local.RemoveRange(over);
            Array.ForEach(over, Clear);
            Refresh();
        }
    }

    /// <summary>Whether nobody else here asks for this probe just now; whoever gets true calls <see cref="HasAsked"/>.</summary>
    public bool MayAsk(string instance) => asking.TryAdd(instance, 0);

    /// <summary>Whether a request asks for this probe.</summary>
    public bool IsAsking(string instance) => asking.ContainsKey(instance);

    public void HasAsked(string instance) => asking.TryRemove(instance, out _);

    /// <summary>Gives up the counts of instances that are gone.</summary>
    /// <param name="isThere">Whether an instance is registered.</param>
    public void Sweep(Func<string, bool> isThere)
    {
        lock (gate)
        {
            meters = meters.RemoveAll(counts => counts.IsIdle);
            outliers = outliers.RemoveAll(counts => counts.IsIdle);
        }

        foreach (var counts in meters)
        {
            foreach (var gone in counts.Instances.Where(instance => !isThere(instance)))
            {
                counts.Remove(gone);
            }
        }

        foreach (var counts in outliers)
        {
            foreach (var gone in counts.Instances.Where(instance => !isThere(instance)))
            {
                counts.Remove(gone);
            }
        }
    }

    // Routes that say the same have each a rule of their own.
    private CircuitMeters? Find(RouteCircuit rule)
    {
        foreach (var known in meters)
        {
            if (known.Rule == rule)
            {
                return known;
            }
        }

        return null;
    }

    private CircuitMeters Add(RouteCircuit rule)
    {
        lock (gate)
        {
            var added = Find(rule) ?? new CircuitMeters(rule, time);
            meters = meters.Contains(added) ? meters : meters.Add(added);
            return added;
        }
    }

    private void Clear(string instance)
    {
        foreach (var counts in meters)
        {
            counts.Clear(instance);
        }
    }

    private void Refresh()
    {
        var all = shared.SetItems(local.Select(trip => KeyValuePair.Create(trip.Key, trip.Value.Circuit)));
        open = OpenCircuits.Of([.. all.Values]);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed record LocalTrip(CircuitEntry Circuit, long Until);
}
