namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// When an instance does so much worse than the others that it is passed over for a time, by the calls of a route. As in Envoy,
/// no more than a share of a service's instances is passed over at once.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.outliers")]
public sealed record RouteOutliers
{
    /// <summary>So many failed calls in a row at one front door are too many; 1 to 10,000, or 0 for any number.</summary>
    [Id(0)] public int Consecutive { get; init; } = 5;

    /// <summary>
    /// How many standard deviations below the mean an instance's share of good calls is too low; above 0 to 10, or 0 for not at all.
    /// </summary>
    [Id(1)] public double Deviation { get; init; } = 1.9;

    /// <summary>Instances with fewer calls in the interval are not compared; 1 to 1,000,000.</summary>
    [Id(2)] public int MinimumThroughput { get; init; } = 100;

    /// <summary>How often, and over which time, instances are compared; 1 s to 5 min.</summary>
    [Id(3)] public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an outlier is passed over; 100 ms to 1 h.</summary>
    [Id(4)] public TimeSpan Sleep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The share of a service's instances that may be passed over at once, above 0 to 1; one always may, of several.</summary>
    [Id(5)] public double MaxShare { get; init; } = 0.3;
}

/// <summary>The rules of <see cref="RouteOutliers"/>.</summary>
internal static class OutlierRules
{
    private const int MostConsecutive = 10_000;
    private const int MostThroughput = 1_000_000;
    private const int MostDeviations = 10;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    public static void Check(RouteOutliers? outliers, RouteErrors errors)
    {
        if (outliers is null)
        {
            return;
        }

        errors.Require(outliers.Consecutive is >= 0 and <= MostConsecutive, "outliers.consecutive", $"must be from 0 to {MostConsecutive}");
        errors.Require(outliers.Deviation is >= 0 and <= MostDeviations, "outliers.deviation", $"must be from 0 to {MostDeviations}");
        errors.Require(outliers.Consecutive > 0 || outliers.Deviation > 0, "outliers", "must have 'consecutive' or 'deviation' above 0");
        errors.Require(
            outliers.MinimumThroughput is >= 1 and <= MostThroughput, "outliers.minimumThroughput", $"must be from 1 to {MostThroughput}");
        errors.Require(
            outliers.Interval >= ShortestInterval && outliers.Interval <= LongestInterval, "outliers.interval", "must be from 1s to 5m");
        errors.Require(outliers.Sleep >= ShortestSleep && outliers.Sleep <= LongestSleep, "outliers.sleep", "must be from 100ms to 1h");
        errors.Require(outliers.MaxShare is > 0 and <= 1, "outliers.maxShare", "must be above 0, and at most 1");
    }
}
