using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Tests.Patterns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Resilience.Limits;

/// <summary>Quotas of calendar periods: what is lent in one, and that each begins anew.</summary>
public sealed class QuotaTests
{
    private static readonly Guid Door = Guid.NewGuid();

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 12, 31, 23, 30, 0, TimeSpan.Zero));
    private readonly FakeStore<QuotaState> store = new();
    private long sequence;

    [Theory]
    [InlineData(QuotaPeriod.Hour, "2026-12-31T23:59:59Z", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(QuotaPeriod.Day, "2028-02-28T12:00:00Z", "2028-02-28T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData(QuotaPeriod.Day, "2026-06-01T01:00:00+02:00", "2026-05-31T00:00:00Z", "2026-06-01T00:00:00Z")]
    [InlineData(QuotaPeriod.Month, "2028-02-29T23:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    [InlineData(QuotaPeriod.Month, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void Period_isOfTheCalendarInUtc(QuotaPeriod period, string moment, string start, string end)
    {
        var begun = QuotaCalendar.StartOf(period, At(moment));

        begun.ShouldBe(At(start));
        QuotaCalendar.EndOf(period, begun).ShouldBe(At(end));
    }

    [Theory]
    [InlineData(QuotaPeriod.Hour)]
    [InlineData(QuotaPeriod.Day)]
    [InlineData(QuotaPeriod.Month)]
    public async Task Exchange_quotaUsedUp_lendsAgainWhenThePeriodIsOver(QuotaPeriod period)
    {
        var quota = await Activate();

        (await Ask(quota, period, 8)).Permits.ShouldBe(8);
        (await Ask(quota, period, 8)).Permits.ShouldBe(2);
        var none = await Ask(quota, period, 1);
        none.Permits.ShouldBe(0);
        // All three end with the year.
        none.Reset.ShouldBe(TimeSpan.FromMinutes(30));

        // What was lent has lapsed by then: there is nothing to wait for but the next period.
        time.Advance(TimeSpan.FromMinutes(29));
        none = await Ask(quota, period, 1);
        (none.Permits, none.RetryAfter).ShouldBe((0, TimeSpan.FromMinutes(1)));
        time.Advance(TimeSpan.FromMinutes(1));
        (await Ask(quota, period, 10)).Permits.ShouldBe(10);
    }

    [Fact]
    public async Task Exchange_permitsOfAPeriod_areNotToBeUsedInTheNext()
    {
        var quota = await Activate();
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(200));

        (await Ask(quota, QuotaPeriod.Day, 5)).Term.ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Exchange_clockGoesBackAfterAPeriodHasBegun_staysInIt()
    {
        var quota = await Activate();
        time.Advance(TimeSpan.FromMinutes(31));
        (await Ask(quota, QuotaPeriod.Day, 10)).Permits.ShouldBe(10);

        var behind = new FakeTimeProvider(new DateTimeOffset(2026, 12, 31, 22, 0, 0, TimeSpan.Zero));
        var successor = await Activate(behind);

        (await Ask(successor, QuotaPeriod.Day, 1)).Permits.ShouldBe(0);
    }

    [Fact]
    public async Task Exchange_afterAKill_lendsNothingThatMayHaveBeenLent()
    {
        var quota = await Activate();
        (await Ask(quota, QuotaPeriod.Month, 7)).Permits.ShouldBe(7);

        var successor = await Activate();

        (await Ask(successor, QuotaPeriod.Month, 10)).Permits.ShouldBe(3);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<QuotaGrain> Activate(TimeProvider? clock = null)
    {
        var grain = new QuotaGrain(store.Open(), clock ?? time, NullLogger<QuotaGrain>.Instance);
        await grain.OnActivateAsync(CancellationToken.None);
        return grain;
    }

    private async Task<LimitGrant> Ask(QuotaGrain quota, QuotaPeriod period, int permits)
    {
        var rule = new LimitRule(LimitAlgorithm.Quota, 10, TimeSpan.Zero, 0, period);
        return (await quota.Exchange(new LimitExchange(Door, ++sequence, [new LimitAsk("k", rule, [], permits, 0)]))).Grants.ShouldHaveSingleItem();
    }
}
