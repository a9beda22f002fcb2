namespace Gatehouse.Grains.Routing.Policies;

/// <summary>How many of a route's requests one front door has under way at a time, so that a slow service does not fill it.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.bulkhead")]
public sealed record RouteBulkhead
{
    /// <summary>The most under way; 1 to 1,000,000.</summary>
    [Id(0)] public int Concurrent { get; init; } = 1000;

    /// <summary>How many more wait for a place, in order; 0 to 100,000. Others are refused.</summary>
    [Id(1)] public int Queue { get; init; }

    /// <summary>
    /// Whether the limit follows the latency, up to <see cref="Concurrent"/>: lower while requests take longer than they
    /// did, so that they do not queue in the service.
    /// </summary>
    [Id(2)] public bool Adaptive { get; init; }
}

/// <summary>The rules of <see cref="RouteBulkhead"/>.</summary>
internal static class BulkheadRules
{
    private const int MaxConcurrent = 1_000_000;
    private const int MaxQueue = 100_000;

    public static void Check(RouteBulkhead bulkhead, RouteErrors errors)
    {
        errors.Require(bulkhead.Concurrent is >= 1 and <= MaxConcurrent, "bulkhead.concurrent", $"must be from 1 to {MaxConcurrent}");
        errors.Require(bulkhead.Queue is >= 0 and <= MaxQueue, "bulkhead.queue", $"must be from 0 to {MaxQueue}");
    }
}
