using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>
/// A shard's statistics and the rules they are kept by: each report counts once, in order; the number of series is
/// bounded, and the calls of those that had to make room stay in the sums.
/// </summary>
internal sealed class TrafficLedger
{
    // A front door that has been silent for so long has no calls under way that anybody knows of.
    private static readonly TimeSpan Present = TimeSpan.FromSeconds(5);

    // Longer than any front door keeps a report: what it sends after that was never counted.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly Dictionary<SeriesKey, SeriesHistory> series = [];
    private readonly Dictionary<Guid, FrontDoor> doors = [];
    private readonly int maxSeries;

    /// <summary>Goes on from what is stored.</summary>
    public TrafficLedger(TrafficState stored, int maxSeries, DateTimeOffset now)
    {
        this.maxSeries = maxSeries;
        foreach (var (door, applied) in stored.Applied)
        {
            doors[door] = new FrontDoor { Applied = applied, Durable = applied, Seen = now - Present };
        }

        foreach (var one in stored.Series)
        {
            series[new SeriesKey(one.Kind, one.Name)] = StepCodec.Read(one.Steps);
        }
    }

    /// <summary>Whether there are calls that are not stored.</summary>
    public bool Dirty { get; private set; }

    /// <summary>The number of series.</summary>
    public int Count => series.Count;

    /// <summary>See <see cref="ITrafficGrain.Report"/>.</summary>
    public TrafficAck Apply(TrafficReport report, DateTimeOffset now)
    {
        if (!doors.TryGetValue(report.FrontDoor, out var door))
        {
            door = new FrontDoor();
            doors[report.FrontDoor] = door;
        }

        door.Seen = now;
        if (report.Sequence > door.Applied && (report.Sequence == door.Applied + 1 || report.Sequence == report.Oldest))
        {
            door.Applied = report.Sequence;
            Take(report, door, now);
        }

        // Without unstored calls nothing is lost by forgetting how far it got.
        return new TrafficAck(door.Applied, Dirty ? door.Durable : door.Applied);
    }

    /// <summary>See <see cref="ITrafficGrain.Read"/>.</summary>
    public TrafficReading Read(TrafficWindow window, DateTimeOffset now)
    {
        var present = doors.Values.Where(door => now - door.Seen < Present).ToArray();
        var found = ImmutableArray.CreateBuilder<SeriesReport>();
        foreach (var (key, history) in series)
        {
            var sum = new TrafficSum();
            history.Ring(window).Read(now, sum);
            var inFlight = present.Sum(door => door.InFlight.GetValueOrDefault(key));
            if (!sum.IsEmpty || inFlight > 0)
            {
                found.Add(new SeriesReport(key, sum.ToCounts(), inFlight));
            }
        }

        return new TrafficReading(new SeriesHistory().Ring(window).Start(now), now, present.Length, found.DrainToImmutable());
    }

    /// <summary>What to store; <see cref="Stored"/> follows when it was.</summary>
    public TrafficState ToState(DateTimeOffset now)
    {
        foreach (var (key, history) in series)
        {
            history.Trim(now);
            if (history.IsEmpty)
            {
                series.Remove(key);
            }
        }

        foreach (var (id, _) in doors.Where(door => now - door.Value.Seen > Remembered))
        {
            doors.Remove(id);
        }

        return new TrafficState
        {
            Applied = doors.ToImmutableDictionary(door => door.Key, door => door.Value.Applied),
            Series = [.. series.Select(one => new StoredSeries(one.Key.Kind, one.Key.Name, StepCodec.Write(one.Value)))],
        };
    }

    /// <summary>The store has acknowledged a state.</summary>
    public void Stored(TrafficState state)
    {
        Dirty = false;
        foreach (var (id, door) in doors)
        {
            door.Durable = state.Applied.GetValueOrDefault(id);
            Dirty |= door.Applied > door.Durable;
        }
    }

    private void Take(TrafficReport report, FrontDoor door, DateTimeOffset now)
    {
        var at = now - (report.Age < TimeSpan.Zero ? TimeSpan.Zero : report.Age);
        foreach (var one in report.Series)
        {
            var key = one.Key;
            var history = Find(ref key);
            if (!one.Counts.IsEmpty)
            {
                history.Add(at, one.Counts);
                Dirty = true;
            }
        }

        // A report that is sent late says nothing of now.
        door.InFlight = report.Age > Present
            ? []
            : report.Series.Where(one => one.InFlight > 0)
                .GroupBy(one => series.ContainsKey(one.Key) ? one.Key : one.Key with { Name = SeriesKey.Other })
                .ToDictionary(group => group.Key, group => group.Sum(one => one.InFlight));
    }

    private SeriesHistory Find(ref SeriesKey key)
    {
        if (series.TryGetValue(key, out var history))
        {
            return history;
        }

        // Room for those that gather the rest is always there.
        if (series.Count >= maxSeries && key.Name != SeriesKey.Other)
        {
            Evict();
        }

        history = new SeriesHistory();
        series[key] = history;
        return history;
    }

    // The one that has been idle longest, of whatever kind: names that come and go do not push out those that stay.
    private void Evict()
    {
        var idle = series.Where(one => one.Key.Name != SeriesKey.Other).MinBy(one => one.Value.LastUsed);
        series.Remove(idle.Key);
        var other = idle.Key with { Name = SeriesKey.Other };
        Find(ref other).Add(idle.Value);
    }

    private sealed class FrontDoor
    {
        public long Applied { get; set; }

        public long Durable { get; set; }

        public DateTimeOffset Seen { get; set; }

        public Dictionary<SeriesKey, int> InFlight { get; set; } = [];
    }
}
