using System.Collections.Concurrent;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// All series of this front door. Their number is bounded for each kind, so that clients who make up names, or a registry
/// that changes for ever, cost no memory.
/// </summary>
internal sealed class TrafficTable
{
    private readonly Kind[] kinds;
    private readonly long idleAfter;
    private readonly TimeProvider time;

    public TrafficTable(IOptions<TrafficOptions> options, TimeProvider time)
    {
        this.time = time;
        idleAfter = (long)(options.Value.IdleAfter.TotalSeconds * time.TimestampFrequency);
        kinds = [.. Enum.GetValues<SeriesKind>().Select(kind => new Kind(kind, options.Value.MaxSeries))];
    }

    /// <summary>Every series, by kind.</summary>
    public IEnumerable<TrafficSeries> All => kinds.SelectMany(kind => kind.All);

    /// <summary>The series of a kind.</summary>
    public IEnumerable<TrafficSeries> Of(SeriesKind kind) => kinds[(int)kind].All;

    /// <summary>The series of a name, if it has one.</summary>
    public TrafficSeries? Find(SeriesKind kind, string name) => kinds[(int)kind].TryFind(name);

    /// <summary>Counts a call in; whoever called this ends it by <see cref="TrafficSeries.Leave"/>.</summary>
    public TrafficSeries Enter(SeriesKind kind, string name)
    {
        while (true)
        {
            var series = kinds[(int)kind].Find(name);
            if (series.TryEnter())
            {
                return series;
            }
        }
    }

    /// <summary>How many calls a series has counted in since it was made; none when there is no such series.</summary>
    public long EnteredOf(SeriesKind kind, string name) => kinds[(int)kind].TryFind(name)?.Entered ?? 0;

    /// <summary>Takes out what every series has recorded; forgets those that have been idle. One caller at a time.</summary>
    public List<(TrafficSeries Series, TrafficSum Sum)> Collect()
    {
        var now = time.GetTimestamp();
        var collected = new List<(TrafficSeries, TrafficSum)>();
        foreach (var kind in kinds)
        {
            foreach (var series in kind.All)
            {
                var sum = series.Drain();
                if (!sum.IsEmpty || series.InFlight > 0)
                {
                    series.IdleSince = null;
                    collected.Add((series, sum));
                }
                else if (series.IdleSince is not { } since)
                {
                    series.IdleSince = now;
                }
                else if (now - since >= idleAfter && !kind.IsOther(series) && series.TryRetire())
                {
                    kind.Remove(series);
                    // A call may have come and gone between the draining and the mark.
                    collected.Add((series, series.Drain()));
                }
            }
        }

        return collected;
    }

    private sealed class Kind(SeriesKind kind, int max)
    {
        private readonly ConcurrentDictionary<string, TrafficSeries> byName = new(StringComparer.Ordinal);
        private readonly TrafficSeries other = new(new SeriesKey(kind, SeriesKey.Other));
        private int count;

        public IEnumerable<TrafficSeries> All => byName.Select(entry => entry.Value).Append(other);

        public bool IsOther(TrafficSeries series) => ReferenceEquals(series, other);

        public TrafficSeries Find(string name) => byName.TryGetValue(name, out var series) ? series : Add(name);

        public TrafficSeries? TryFind(string name) => byName.GetValueOrDefault(name);

        public void Remove(TrafficSeries series)
        {
            if (byName.TryRemove(series.Key.Name, out _))
            {
                Interlocked.Decrement(ref count);
            }
        }

        private TrafficSeries Add(string name)
        {
            if (Interlocked.Increment(ref count) > max)
            {
                Interlocked.Decrement(ref count);
                return other;
            }

            var made = new TrafficSeries(new SeriesKey(kind, name));
            var kept = byName.GetOrAdd(name, made);
            if (!ReferenceEquals(kept, made))
            {
                Interlocked.Decrement(ref count);
            }

            return kept;
        }
    }
}
