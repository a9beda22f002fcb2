namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>The calendar periods of quotas, in UTC.</summary>
internal static class QuotaCalendar
{
    /// <summary>The beginning of the period that the moment is in.</summary>
    public static DateTimeOffset StartOf(QuotaPeriod period, DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new DateTimeOffset(
            period switch
            {
                QuotaPeriod.Hour => utc.Date.AddHours(utc.Hour),
                QuotaPeriod.Day => utc.Date,
                _ => new DateTime(utc.Year, utc.Month, 1, 0, 0, 0, DateTimeKind.Utc),
            },
            TimeSpan.Zero);
    }

    /// <summary>The beginning of the next period.</summary>
    public static DateTimeOffset EndOf(QuotaPeriod period, DateTimeOffset start) => period switch
    {
        QuotaPeriod.Hour => start.AddHours(1),
        QuotaPeriod.Day => start.AddDays(1),
        _ => start.AddMonths(1),
    };
}
