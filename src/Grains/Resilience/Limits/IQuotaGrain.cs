namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// One quota of one consumer, kept in the store: permits are reserved there before they are lent, so that none is lent
/// twice whatever fails. What was reserved and not used when its silo dies is lost for the period.
/// </summary>
[Alias("gatehouse.limits.quota")]
public interface IQuotaGrain : IGrainWithStringKey
{
    /// <summary>Takes reports and lends permits.</summary>
    [Alias("exchange"), ResponseTimeout("00:00:02")]
    Task<LimitAnswer> Exchange(LimitExchange exchange);

    /// <summary>How much of a period is used; permits that are lent count as used.</summary>
    [Alias("usage")]
    ValueTask<QuotaUsage> Usage(QuotaPeriod period);

    /// <summary>Begins the period anew, as if nothing had been used.</summary>
    [Alias("reset")]
    Task Reset();
}

/// <summary>How much of a quota is used.</summary>
/// <param name="Used">Permits used or lent in the period.</param>
/// <param name="Until">The period's end.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.quota-usage")]
public sealed record QuotaUsage([property: Id(0)] long Used, [property: Id(1)] DateTimeOffset Until);
