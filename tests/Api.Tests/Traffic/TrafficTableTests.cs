using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Traffic;

public sealed class TrafficTableTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Collect_whileManyThreadsRecord_losesNothingAndCountsNothingTwice()
    {
        const int threads = 8;
        const int calls = 20_000;
        var table = Table();
        using var done = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            var sum = new TrafficSum();
            while (!done.IsCancellationRequested)
            {
                table.Collect().ForEach(part => sum.Add(part.Sum));
            }

            table.Collect().ForEach(part => sum.Add(part.Sum));
            return sum;
        });

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < calls; i++)
            {
                table.Enter(SeriesKind.Route, "books").Leave(
                    new CallFigures(i, i % 4 == 0 ? CallOutcome.Failure : CallOutcome.Success, 1, 2));
            }
        })));
        await done.CancelAsync();
        var sum = await collector;

        sum.Calls.ShouldBe(threads * calls);
        sum.Errors.ShouldBe(threads * calls / 4);
        sum.Of(CallOutcome.Success).ShouldBe(threads * calls * 3 / 4);
        sum.SumMicroseconds.ShouldBe((long)threads * calls * (calls - 1) / 2);
        sum.MaxMicroseconds.ShouldBe(calls - 1);
        sum.BytesIn.ShouldBe(threads * calls);
        sum.BytesOut.ShouldBe(2 * threads * calls);
        table.Of(SeriesKind.Route).Single(series => series.Key.Name == "books").Total.Calls.ShouldBe(threads * calls);
    }

    [Fact]
    public void Enter_moreNamesThanAllowed_countsThemTogether()
    {
        var table = Table(max: 3);
        for (var i = 0; i < 10; i++)
        {
            table.Enter(SeriesKind.Consumer, $"user-{i}").Leave(new CallFigures(1, CallOutcome.Success, 0, 0));
        }

        var collected = table.Collect().ToDictionary(part => part.Series.Key.Name, part => part.Sum.Calls);

        collected.Count.ShouldBe(4);
        collected[SeriesKey.Other].ShouldBe(7);
        table.Enter(SeriesKind.Route, "a").Key.Name.ShouldBe("a");
    }

    [Fact]
    public void Collect_idleSeries_isForgottenAndMakesRoom()
    {
        var table = Table(max: 1);
        table.Enter(SeriesKind.Instance, "BOOKS/1").Leave(new CallFigures(1, CallOutcome.Success, 0, 0));
        table.Collect().Count.ShouldBe(1);
        table.Collect();
        time.Advance(TimeSpan.FromMinutes(11));
        table.Collect();

        table.Of(SeriesKind.Instance).Select(series => series.Key.Name).ShouldBe([SeriesKey.Other]);
        table.Enter(SeriesKind.Instance, "BOOKS/2").Key.Name.ShouldBe("BOOKS/2");
    }

    [Fact]
    public void Collect_callUnderWay_isNotForgotten()
    {
        var table = Table();
        var series = table.Enter(SeriesKind.Service, "BOOKS");
        for (var i = 0; i < 5; i++)
        {
            table.Collect();
            time.Advance(TimeSpan.FromMinutes(11));
        }

        series.InFlight.ShouldBe(1);
        series.Leave(new CallFigures(5, CallOutcome.Success, 0, 0));
        table.Enter(SeriesKind.Service, "BOOKS").ShouldBeSameAs(series);
        table.Collect().ShouldHaveSingleItem().Sum.Calls.ShouldBe(1);
    }

    [Fact]
    public void Collect_overflowOfNames_staysEvenWhenIdle()
    {
        var table = Table(max: 1);
        table.Enter(SeriesKind.Route, "a").Leave(new CallFigures(1, CallOutcome.Success, 0, 0));
        table.Collect();
        time.Advance(TimeSpan.FromMinutes(11));
        table.Collect();
        time.Advance(TimeSpan.FromMinutes(11));
        table.Collect();
        table.Enter(SeriesKind.Route, "b");

        table.Enter(SeriesKind.Route, "c").Key.Name.ShouldBe(SeriesKey.Other);
    }

    private TrafficTable Table(int max = 100) =>
        new(Options.Create(new TrafficOptions { MaxSeries = max, IdleAfter = TimeSpan.FromMinutes(10) }), time);
}
