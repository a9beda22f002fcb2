using Gatehouse.Grains.Resilience.Health;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Grains.Tests.Resilience.Health;

/// <summary>How many probes must agree.</summary>
public sealed class InstanceHealthTests
{
    private static readonly RouteHealth Rule = new() { Path = "/health", Healthy = 2, Unhealthy = 3 };

    private readonly InstanceHealth health = new();

    [Fact]
    public void Take_fewer_than_the_threshold_knows_nothing()
    {
        Take("bad", "bad", null, "bad", "bad");

        health.IsKnown.ShouldBeFalse();
        health.Reason.ShouldBeNull();
    }

    [Fact]
    public void Take_enough_bad_ones_in_a_row_is_unhealthy_for_the_reason_that_made_it_so()
    {
        Take("first", "second", "third", "fourth");

        health.IsKnown.ShouldBeTrue();
        health.Reason.ShouldBe("third");
    }

    [Fact]
    public void Take_enough_good_ones_in_a_row_is_healthy_again()
    {
        Take("bad", "bad", "bad", null, "bad", null);
        health.Reason.ShouldNotBeNull();

        health.Take(null, Rule);
        health.Reason.ShouldBeNull();
        health.IsKnown.ShouldBeTrue();
    }

    private void Take(params string?[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            health.Take(outcome, Rule);
        }
    }
}
