using CsCheck;
using Gatehouse.Grains.Identity.Throttling;

namespace Gatehouse.Grains.Tests.Identity.Throttling;

public sealed class AllowanceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);
    private static readonly ThrottleLimit Limit = new(5, TimeSpan.FromMinutes(1));

    private readonly Allowance allowance = new();

    [Fact]
    public void Checklist28_a_burst_is_let_through_and_then_one_each_refill()
    {
        for (var i = 0; i < 5; i++)
        {
            allowance.Take(Limit, Start).ShouldBe(TimeSpan.Zero);
        }

        allowance.Take(Limit, Start).ShouldBe(TimeSpan.FromMinutes(1));
        allowance.Take(Limit, Start.AddSeconds(30)).ShouldBe(TimeSpan.FromSeconds(30));
        allowance.Take(Limit, Start.AddSeconds(60)).ShouldBe(TimeSpan.Zero);
        allowance.Take(Limit, Start.AddSeconds(60)).ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Checklist28_what_is_given_back_can_be_taken_again()
    {
        for (var i = 0; i < 100; i++)
        {
            allowance.Take(Limit, Start).ShouldBe(TimeSpan.Zero);
            allowance.Refund(Limit);
        }
    }

    [Fact]
    public void Checklist28_no_sequence_of_attempts_exceeds_burst_and_refill() => Gen.Select(Gen.Int[0, 90].List[1, 200], Gen.Int[1, 10]).Sample((pauses, burst) =>
    {
        var fresh = new Allowance();
        var limit = new ThrottleLimit(burst, TimeSpan.FromMinutes(1));
        var now = Start;
        var taken = new List<DateTimeOffset>();
        foreach (var pause in pauses)
        {
            now = now.AddSeconds(pause);
            if (fresh.Take(limit, now) == TimeSpan.Zero)
            {
                taken.Add(now);
            }
        }

        for (var i = 0; i < taken.Count; i++)
        {
            for (var j = i; j < taken.Count; j++)
            {
                (j - i + 1).ShouldBeLessThanOrEqualTo(burst + (int)((taken[j] - taken[i]) / limit.Refill));
            }
        }
    });
}
