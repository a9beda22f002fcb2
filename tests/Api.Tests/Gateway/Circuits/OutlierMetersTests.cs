using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>Which instances are outliers.</summary>
public sealed class OutlierMetersTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Record_as_many_failures_in_a_row_as_the_rule_says_tells_of_it()
    {
        var meters = new OutlierMeters(new RouteOutliers { Consecutive = 3 }, time);
        Record(meters, "a", CallOutcome.Failure, 2).ShouldBeNull();
        meters.Record("a", CallOutcome.Success).ShouldBeNull();
        Record(meters, "a", CallOutcome.Timeout, 2).ShouldBeNull();
        meters.Record("b", CallOutcome.Failure).ShouldBeNull();

        // Who left says nothing: neither that it works nor that it does not.
        meters.Record("a", CallOutcome.Cancelled).ShouldBeNull();
        meters.Record("a", CallOutcome.Failure).ShouldNotBeNull();
    }

    [Fact]
    public void Compare_finds_those_far_below_the_mean()
    {
        var meters = new OutlierMeters(new RouteOutliers { MinimumThroughput = 10 }, time);
        foreach (var instance in "abcdefghi")
        {
            Record(meters, $"{instance}", CallOutcome.Success, 19);
            Record(meters, $"{instance}", CallOutcome.Failure, 1);
        }

        Record(meters, "j", CallOutcome.Success, 12);
        Record(meters, "j", CallOutcome.Failure, 8);

        meters.Compare().ShouldHaveSingleItem().Instance.ShouldBe("j");
    }

    [Fact]
    public void Compare_of_few_instances_or_few_calls_finds_nothing()
    {
        var meters = new OutlierMeters(new RouteOutliers { MinimumThroughput = 10 }, time);
        foreach (var instance in "abc")
        {
            Record(meters, $"{instance}", CallOutcome.Success, 20);
        }

        Record(meters, "j", CallOutcome.Failure, 20);
        meters.Compare().ShouldBeEmpty();

        Record(meters, "k", CallOutcome.Failure, 9);
        meters.Compare().ShouldBeEmpty();
    }

    [Fact]
    public void Compare_of_instances_that_are_all_alike_finds_nothing()
    {
        var meters = new OutlierMeters(new RouteOutliers { MinimumThroughput = 10 }, time);
        foreach (var instance in "abcdefghi")
        {
            Record(meters, $"{instance}", CallOutcome.Failure, 20);
        }

        meters.Compare().ShouldBeEmpty();
    }

    [Fact]
    public void IsDue_is_true_once_in_an_interval()
    {
        var meters = new OutlierMeters(new RouteOutliers(), time);
        meters.IsDue().ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(10));
        meters.IsDue().ShouldBeTrue();
        meters.IsDue().ShouldBeFalse();
    }

    private static string? Record(OutlierMeters meters, string instance, CallOutcome outcome, int times)
    {
        string? last = null;
        for (var i = 0; i < times; i++)
        {
            last = meters.Record(instance, outcome);
        }

        return last;
    }
}
