using Gatehouse.Api.Gateway.Attempts;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

public sealed class RetryBudgetTests
{
    private readonly FakeTimeProvider time = new();
    private long attempts;

    [Fact]
    public void TryTake_withoutRequests_givesTheReserve()
    {
        var budget = new RetryBudget(() => attempts, time);

        Take(budget, 100).ShouldBe(RetryBudget.Reserve);

        time.Advance(TimeSpan.FromMinutes(1));
        Take(budget, 100).ShouldBe(RetryBudget.Reserve - 1, "of what was spent a minute ago next to nothing is left");
    }

    [Fact]
    public void TryTake_inTheLongRun_givesTheShareOfRequests()
    {
        var budget = new RetryBudget(() => attempts, time);
        var taken = 0;

        // 100 requests a second for a minute, all of which fail.
        for (var i = 0; i < 6000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            attempts++;
            if (budget.TryTake(0.2))
            {
                taken++;
                attempts++;
            }
        }

        taken.ShouldBeInRange(1200, 1200 + (7 * RetryBudget.Reserve) + 200);
    }

    [Fact]
    public void TryTake_ofOneRequestASecond_givesEachItsRetry()
    {
        var budget = new RetryBudget(() => attempts, time);

        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            attempts++;
            budget.TryTake(0.2).ShouldBeTrue();
            attempts++;
        }
    }

    [Fact]
    public void TryTake_afterALongQuietTime_knowsThePresentRate()
    {
        var budget = new RetryBudget(() => attempts, time);
        attempts = 3_600_000;
        time.Advance(TimeSpan.FromHours(1));

        // A thousand a second, of which those of the last ten seconds count.
        Take(budget, 10_000).ShouldBeInRange(2000, 2020);
    }

    [Fact]
    public void TryTake_afterTheCountBeganAnew_goesOn()
    {
        attempts = 1000;
        var budget = new RetryBudget(() => attempts, time);
        attempts = 5;
        time.Advance(TimeSpan.FromSeconds(1));

        Take(budget, 100).ShouldBe(RetryBudget.Reserve);
    }

    private int Take(RetryBudget budget, int times)
    {
        var taken = 0;
        for (var i = 0; i < times; i++)
        {
            if (budget.TryTake(0.2))
            {
                taken++;
                attempts++;
            }
        }

        return taken;
    }
}
