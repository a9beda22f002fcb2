using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>The calls of one series within some time.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.traffic.counts")]
public sealed record TrafficCounts
{
    /// <summary>How long they took; its total is their number.</summary>
    [Id(0)] public LatencyHistogram Latency { get; init; } = LatencyHistogram.Empty;

    /// <summary>How long they took together, in microseconds.</summary>
    [Id(1)] public long SumMicroseconds { get; init; }

    /// <summary>How long the longest took.</summary>
    [Id(2)] public long MaxMicroseconds { get; init; }

    /// <summary>How they ended, by <see cref="CallOutcome"/>; what is not here succeeded.</summary>
    [Id(3)] public ImmutableArray<long> Outcomes { get; init; } = [];

    /// <summary>Bytes of requests' bodies.</summary>
    [Id(4)] public long BytesIn { get; init; }

    /// <summary>Bytes of responses' bodies.</summary>
    [Id(5)] public long BytesOut { get; init; }

    internal bool IsEmpty => Latency.Counts.IsDefaultOrEmpty && SumMicroseconds == 0 && MaxMicroseconds == 0
        && BytesIn == 0 && BytesOut == 0 && Outcomes.IsDefaultOrEmpty;
}
