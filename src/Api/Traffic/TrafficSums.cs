using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>All shards' readings of one window, together.</summary>
/// <param name="From">The window's beginning.</param>
/// <param name="To">Its end.</param>
/// <param name="FrontDoors">The front doors that report.</param>
/// <param name="Total">All requests.</param>
/// <param name="Kinds">The sums by name, those with the most calls first; by kind.</param>
internal sealed record TrafficSums(
    DateTimeOffset From, DateTimeOffset To, int FrontDoors, NamedSum Total, ILookup<SeriesKind, NamedSum> Kinds)
{
    /// <summary>Adds up readings.</summary>
    public static TrafficSums Of(IReadOnlyList<TrafficReading> shards)
    {
        // By name once more: the name that gathers the rest is in several shards.
        var named = shards.SelectMany(shard => shard.Series)
            .GroupBy(one => one.Key)
            .Select(group => NamedSum.Of(group.Key.Name, group, group.Key.Kind))
            .OrderByDescending(one => one.Sum.Calls)
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .ToLookup(one => one.Kind);
        var routes = shards.SelectMany(shard => shard.Series).Where(one => one.Key.Kind == SeriesKind.Route);
        return new TrafficSums(
            shards.Min(shard => shard.From),
            shards.Max(shard => shard.To),
            shards.Max(shard => shard.FrontDoors),
            NamedSum.Of("", routes, SeriesKind.Route),
            named);
    }
}

/// <summary>The calls of one name.</summary>
/// <param name="Kind">What it is the name of.</param>
/// <param name="Name">The name.</param>
/// <param name="Sum">The calls that ended.</param>
/// <param name="InFlight">The calls under way.</param>
internal sealed record NamedSum(SeriesKind Kind, string Name, TrafficSum Sum, long InFlight)
{
    public static NamedSum Of(string name, IEnumerable<SeriesReport> series, SeriesKind kind)
    {
        var sum = new TrafficSum();
        var inFlight = 0L;
        foreach (var one in series)
        {
            sum.Add(one.Counts);
            inFlight += one.InFlight;
        }

        return new NamedSum(kind, name, sum, inFlight);
    }
}
