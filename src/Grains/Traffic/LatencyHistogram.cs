using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>How many calls took how long, as it is sent and stored: the buckets from the first used to the last.</summary>
/// <param name="First">The index of the first bucket (<see cref="LatencyScale"/>).</param>
/// <param name="Counts">The calls in it and those that follow.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.latency")]
public readonly record struct LatencyHistogram([property: Id(0)] int First, [property: Id(1)] ImmutableArray<long> Counts)
{
    /// <summary>No calls.</summary>
    public static LatencyHistogram Empty { get; } = new(0, []);
}
