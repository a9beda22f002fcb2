namespace Gatehouse.Grains.Routing.Policies;

/// <summary>What there is to say of a <see cref="BalanceRule"/> beside its name.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.balance-details")]
public sealed record BalanceDetails
{
    /// <summary>What <see cref="BalanceRule.ConsistentHash"/> goes by.</summary>
    [Id(0)] public RequestKey Key { get; init; } = new();

    /// <summary>
    /// Of <see cref="BalanceRule.ConsistentHash"/>: how many times the mean of the requests in flight an instance may have
    /// before its clients go on to the next; 1.05 to 10, 0 for no bound.
    /// </summary>
    [Id(1)] public double Bound { get; init; } = 1.25;

    /// <summary>How long an instance that has come up gets less than its share; 0 to 15 min.</summary>
    [Id(2)] public TimeSpan SlowStart { get; init; }

    /// <summary>
    /// Of <see cref="BalanceRule.ZoneAware"/>: from how many requests in flight to each of the zone's instances, on average,
    /// requests leave the zone; 1 to 100,000, 0 for never.
    /// </summary>
    [Id(3)] public int SpillAt { get; init; } = 50;
}

/// <summary>The rules of <see cref="BalanceDetails"/>.</summary>
internal static class BalanceDetailRules
{
    private const double LeastBound = 1.05;
    private const double MostBound = 10;
    private const int MostSpill = 100_000;

    private static readonly BalanceDetails Default = new();
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(15);

    public static void Check(BalanceRule rule, BalanceDetails details, RouteErrors errors)
    {
        errors.Require(Enum.IsDefined(rule), "balance", "must be one of the balancing rules");
        var hashes = rule == BalanceRule.ConsistentHash;
        errors.Require(hashes || details.Key == Default.Key, "balance.by", "is of consistent-hash only");
        errors.Require(hashes || details.Bound.CompareTo(Default.Bound) == 0, "balance.bound", "is of consistent-hash only");
        errors.Require(
            rule == BalanceRule.ZoneAware || details.SpillAt == Default.SpillAt, "balance.spillAt", "is of zone-aware only");
        errors.Require(
            !hashes || details.SlowStart == TimeSpan.Zero, "balance.slowStart", "is not of consistent-hash, whose clients have their instance");
        RequestKeyRules.Check(details.Key, "balance.by", errors);
        errors.Require(
            details.Bound.CompareTo(0) == 0 || details.Bound is >= LeastBound and <= MostBound, "balance.bound", $"must be from {LeastBound} to {MostBound}, or 0 for none");
        errors.Require(
            details.SlowStart >= TimeSpan.Zero && details.SlowStart <= LongestStart, "balance.slowStart", "must be from 0s to 15m");
        errors.Require(details.SpillAt is >= 0 and <= MostSpill, "balance.spillAt", $"must be from 1 to {MostSpill}, or 0 for never");
    }
}
