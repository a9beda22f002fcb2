namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>What a limiter enforces.</summary>
/// <param name="Algorithm">How it counts.</param>
/// <param name="Permits">How many.</param>
/// <param name="Per">In which time; zero when the algorithm needs none.</param>
/// <param name="Burst">How many a token bucket saves up.</param>
/// <param name="Period">The calendar period of a quota.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.rule")]
public sealed record LimitRule(
    [property: Id(0)] LimitAlgorithm Algorithm,
    [property: Id(1)] int Permits,
    [property: Id(2)] TimeSpan Per,
    [property: Id(3)] int Burst,
    [property: Id(4)] QuotaPeriod Period = QuotaPeriod.None);

/// <summary>The period of a quota, in UTC.</summary>
[GenerateSerializer, Alias("gatehouse.limits.period")]
public enum QuotaPeriod
{
    /// <summary>None: not a quota.</summary>
    None = 0,

    /// <summary>A calendar hour.</summary>
    Hour = 1,

    /// <summary>A calendar day.</summary>
    Day = 2,

    /// <summary>A calendar month.</summary>
    Month = 3,
}
