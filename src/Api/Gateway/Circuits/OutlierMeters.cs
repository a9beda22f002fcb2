using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Finds out which of a service's instances do worse than the others, by one rule and the calls of this front door.</summary>
internal sealed class OutlierMeters(RouteOutliers rule, TimeProvider time)
{
    // Of fewer, the mean says little.
    private const int LeastInstances = 5;

    private readonly ConcurrentDictionary<string, Meter> instances = new(StringComparer.Ordinal);
    private readonly long interval = (long)(rule.Interval.TotalSeconds * time.TimestampFrequency);
    private long comparedAt = time.GetTimestamp();

    public RouteOutliers Rule => rule;

    /// <summary>The instances whose calls were counted.</summary>
    public IEnumerable<string> Instances => instances.Keys;

    /// <summary>Whether nothing was counted within the interval.</summary>
    public bool IsIdle => instances.Values.All(meter => meter.Window.Count().Calls == 0);

    /// <summary>Counts how a call to an instance ended.</summary>
    /// <returns>Why the instance is an outlier, or null.</returns>
    public string? Record(string instance, CallOutcome outcome)
    {
        if (outcome is not (CallOutcome.Success or CallOutcome.ClientError or CallOutcome.Limited or CallOutcome.Failure or CallOutcome.Timeout))
        {
            return null;
        }

        var meter = instances.TryGetValue(instance, out var known)
            ? known
            : instances.GetOrAdd(instance, static (_, all) => new Meter(new CallWindow(all.Rule.Interval, all.Time)), this);
        var row = meter.Record(outcome.IsError());
        return rule.Consecutive > 0 && row > 0 && row % rule.Consecutive == 0 ? $"{row} calls in a row failed." : null;
    }

    /// <summary>Whether instances are to be compared now; true for one caller in each interval.</summary>
    public bool IsDue()
    {
        var last = Volatile.Read(ref comparedAt);
        var now = time.GetTimestamp();
        return rule.Deviation > 0 && now - last >= interval && Interlocked.CompareExchange(ref comparedAt, now, last) == last;
    }

    /// <summary>The instances whose share of good calls is too far below the mean.</summary>
    public ImmutableArray<(string Instance, string Reason)> Compare()
    {
        var shares = instances
            .Select(item => (Instance: item.Key, Counts: item.Value.Window.Count()))
            .Where(item => item.Counts.Calls >= rule.MinimumThroughput)
            .Select(item => (item.Instance, Share: 1 - ((double)item.Counts.Failures / item.Counts.Calls)))
            .ToArray();
        if (shares.Length < LeastInstances)
        {
            return [];
        }

        var mean = shares.Average(item => item.Share);
        var deviation = Math.Sqrt(shares.Average(item => (item.Share - mean) * (item.Share - mean)));
        var least = mean - (rule.Deviation * deviation);
        return
        [
            .. shares.Where(item => item.Share < least).Select(item => (
                item.Instance,
                string.Create(CultureInfo.InvariantCulture, $"{item.Share:0.0%} of its calls went well, of all instances' {mean:0.0%}."))),
        ];
    }

    /// <summary>Gives up what was kept for an instance that is gone.</summary>
    public void Remove(string instance) => instances.TryRemove(instance, out _);

    private TimeProvider Time => time;

    private sealed class Meter(CallWindow window)
    {
        private int row;

        public CallWindow Window => window;

        /// <summary>Counts a call; how many have failed in a row since.</summary>
        public int Record(bool failed)
        {
            if (failed)
            {
                window.Failed();
                return Interlocked.Increment(ref row);
            }

            window.Succeeded();
            if (Volatile.Read(ref row) != 0)
            {
                Volatile.Write(ref row, 0);
            }

            return 0;
        }
    }
}
