namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// That a request which is answered late is sent to a further instance beside the first; the first good answer counts.
/// Only of safe methods without a body.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.hedge")]
public sealed record RouteHedge
{
    /// <summary>After which time; zero when <see cref="Percentile"/> says it. 1 ms to 1 min.</summary>
    [Id(0)] public TimeSpan After { get; init; }

    /// <summary>After which percentile of the latencies that the service had lately, 50 to 99.9; 0 when <see cref="After"/> says it.</summary>
    [Id(1)] public double Percentile { get; init; } = 95;

    /// <summary>How many more are sent at most, each after that time again; 1 to 3.</summary>
    [Id(2)] public int Max { get; init; } = 1;
}

/// <summary>The rules of <see cref="RouteHedge"/>.</summary>
internal static class HedgeRules
{
    private const int MostHedges = 3;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static void Check(RouteHedge? hedge, RouteErrors errors)
    {
        if (hedge is null)
        {
            return;
        }

        var isPercentile = hedge.Percentile is >= 50 and <= 99.9 && hedge.After == TimeSpan.Zero;
        var isTime = hedge.Percentile is 0 && hedge.After >= Shortest && hedge.After <= Longest;
        errors.Require(isPercentile || isTime, "hedge.after", "must be a percentile from p50 to p99.9, or from 1ms to 1m");
        errors.Require(hedge.Max is >= 1 and <= MostHedges, "hedge.max", $"must be from 1 to {MostHedges}");
    }
}
