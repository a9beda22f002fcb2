using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>What a shard stores, now and then.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.state")]
public sealed record TrafficState
{
    /// <summary>The last report of each front door that is counted here.</summary>
    [Id(0)] public ImmutableDictionary<Guid, long> Applied { get; init; } = ImmutableDictionary<Guid, long>.Empty;

    /// <summary>The series.</summary>
    [Id(1)] public ImmutableArray<StoredSeries> Series { get; init; } = [];
}

/// <summary>A stored series.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Steps">Its calls by steps of time (<see cref="StepCodec"/>).</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.stored-series")]
public sealed record StoredSeries(
    [property: Id(0)] SeriesKind Kind,
    [property: Id(1)] string Name,
    [property: Id(2)] byte[] Steps);
