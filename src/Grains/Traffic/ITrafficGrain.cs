using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>
/// A share of the cluster's traffic statistics; its key is the shard (<see cref="TrafficShards"/>). Front doors report
/// once a second; reports are numbered, so that one that is sent again counts once.
/// </summary>
[Alias("gatehouse.traffic.shard")]
public interface ITrafficGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Counts a report, unless it was counted before or one is missing between it and the last. The answer says which
    /// was the last, so that the front door knows what to send.
    /// </summary>
    [Alias("report")]
    Task<TrafficAck> Report(TrafficReport report);

    /// <summary>What happened within a window that ends now.</summary>
    [Alias("read")]
    Task<TrafficReading> Read(TrafficWindow window);
}

/// <summary>What a front door saw of a shard's series within a second or so.</summary>
/// <param name="FrontDoor">The front door, of this start of its process.</param>
/// <param name="Sequence">The report's number at this front door and shard, from 1.</param>
/// <param name="Oldest">The number of the oldest report that the front door still has.</param>
/// <param name="Age">How long ago it was made, so that clocks need not agree.</param>
/// <param name="Series">The series that had calls, or have some under way.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.report")]
public sealed record TrafficReport(
    [property: Id(0)] Guid FrontDoor,
    [property: Id(1)] long Sequence,
    [property: Id(2)] long Oldest,
    [property: Id(3)] TimeSpan Age,
    [property: Id(4)] ImmutableArray<SeriesReport> Series);

/// <summary>One series in a report.</summary>
/// <param name="Key">The series.</param>
/// <param name="Counts">Its calls that ended.</param>
/// <param name="InFlight">Its calls under way.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.series-report")]
public sealed record SeriesReport(
    [property: Id(0)] SeriesKey Key,
    [property: Id(1)] TrafficCounts Counts,
    [property: Id(2)] int InFlight);

/// <summary>How far a front door's reports have got.</summary>
/// <param name="Applied">The last that is counted.</param>
/// <param name="Durable">The last that is counted in the store as well; the front door may forget up to it.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.ack")]
public readonly record struct TrafficAck([property: Id(0)] long Applied, [property: Id(1)] long Durable);

/// <summary>The windows that statistics are kept over.</summary>
[GenerateSerializer, Alias("gatehouse.traffic.window")]
public enum TrafficWindow : byte
{
    /// <summary>In steps of five seconds.</summary>
    Minute = 0,

    /// <summary>In steps of a minute.</summary>
    Hour = 1,

    /// <summary>In steps of half an hour.</summary>
    Day = 2,
}

/// <summary>A shard's statistics over a window.</summary>
/// <param name="From">The window's beginning: a whole step.</param>
/// <param name="To">Its end: when it was read.</param>
/// <param name="FrontDoors">The front doors that have reported lately.</param>
/// <param name="Series">The series with calls in the window or under way.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.reading")]
public sealed record TrafficReading(
    [property: Id(0)] DateTimeOffset From,
    [property: Id(1)] DateTimeOffset To,
    [property: Id(2)] int FrontDoors,
    [property: Id(3)] ImmutableArray<SeriesReport> Series);
