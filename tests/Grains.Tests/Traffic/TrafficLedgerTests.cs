using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Grains.Tests.Traffic;

public sealed class TrafficLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid Door = Guid.NewGuid();

    [Fact]
    public void Apply_reportSentAgain_countsOnce()
    {
        var ledger = Ledger();

        ledger.Apply(Report(1, calls: 5), Start).Applied.ShouldBe(1);
        ledger.Apply(Report(1, calls: 5), Start).Applied.ShouldBe(1);
        ledger.Apply(Report(2, calls: 1), Start).Applied.ShouldBe(2);
        ledger.Apply(Report(1, calls: 5), Start).Applied.ShouldBe(2);

        Calls(ledger, TrafficWindow.Minute, Start).ShouldBe(6);
    }

    [Fact]
    public void Apply_reportAfterAGap_isRefusedUntilTheMissingOnesCome()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 1), Start);

        ledger.Apply(Report(3, calls: 1), Start).Applied.ShouldBe(1);
        ledger.Apply(Report(2, calls: 1), Start).Applied.ShouldBe(2);
        ledger.Apply(Report(3, calls: 1), Start).Applied.ShouldBe(3);

        Calls(ledger, TrafficWindow.Minute, Start).ShouldBe(3);
    }

    [Fact]
    public void Apply_gapThatNobodyCanFill_goesOn()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 1), Start);

        ledger.Apply(Report(9, calls: 1, oldest: 9), Start).Applied.ShouldBe(9);

        Calls(ledger, TrafficWindow.Minute, Start).ShouldBe(2);
    }

    [Fact]
    public void Apply_unstoredCalls_areNotDurableUntilTheStoreHasThem()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 1), Start).ShouldBe(new TrafficAck(1, 0));
        var state = ledger.ToState(Start);
        ledger.Stored(state);

        ledger.Apply(Report(2, calls: 0), Start).ShouldBe(new TrafficAck(2, 2));
        ledger.Apply(Report(3, calls: 1), Start).ShouldBe(new TrafficAck(3, 1));
    }

    /// <summary>
    /// Silos die at any moment, answers get lost, reports are sent again: what is counted in the end is what was reported,
    /// once.
    /// </summary>
    [Fact]
    public void Ledger_thatDiesAtAnyMoment_countsEveryReportOnce()
    {
        Gen.Select(Gen.Int[0, 9].Array[1, 60], Gen.Int[0, 3].Array[300]).Sample((counts, faults) =>
        {
            var stored = new TrafficState();
            var ledger = new TrafficLedger(stored, 100, Start);
            var door = new Sender(counts);
            foreach (var fault in faults.Concat(Enumerable.Repeat(3, counts.Length + faults.Length + 10)))
            {
                var answer = ledger.Apply(door.Next(), Start);
                if (fault == 0)
                {
                    ledger = new TrafficLedger(stored, 100, Start);
                }
                else if (fault == 1)
                {
                    stored = Copy(ledger.ToState(Start));
                    ledger.Stored(stored);
                }

                // With 2 the answer gets lost.
                if (fault != 2)
                {
                    door.Take(answer);
                }
            }

            Calls(ledger, TrafficWindow.Hour, Start).ShouldBe(counts.Sum());
        });
    }

    [Fact]
    public void Read_windows_holdWhatHappenedInThem()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 1), Start);
        ledger.Apply(Report(2, calls: 2), Start.AddMinutes(30));
        ledger.Apply(Report(3, calls: 4), Start.AddMinutes(59.8));
        var now = Start.AddMinutes(60);

        Calls(ledger, TrafficWindow.Minute, now).ShouldBe(4);
        Calls(ledger, TrafficWindow.Hour, now).ShouldBe(6);
        Calls(ledger, TrafficWindow.Day, now).ShouldBe(7);
        Calls(ledger, TrafficWindow.Day, now.AddHours(23).AddMinutes(15)).ShouldBe(6);
        Calls(ledger, TrafficWindow.Day, now.AddHours(25)).ShouldBe(0);
    }

    [Fact]
    public void Apply_lateReport_countsWhenItHappened()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 3, age: TimeSpan.FromMinutes(2)), Start);

        Calls(ledger, TrafficWindow.Minute, Start).ShouldBe(0);
        Calls(ledger, TrafficWindow.Hour, Start).ShouldBe(3);
    }

    [Fact]
    public void State_survivesTheStore()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 1000), Start);
        ledger.Apply(Report(2, calls: 5), Start.AddMinutes(3));

        var again = new TrafficLedger(Copy(ledger.ToState(Start.AddMinutes(3))), 100, Start.AddMinutes(3));

        foreach (var window in SeriesHistory.Stored)
        {
            var before = ledger.Read(window, Start.AddMinutes(4)).Series.ShouldHaveSingleItem().Counts;
            var after = again.Read(window, Start.AddMinutes(4)).Series.ShouldHaveSingleItem().Counts;
            after.Latency.First.ShouldBe(before.Latency.First);
            after.Latency.Counts.ShouldBe(before.Latency.Counts);
            after.Outcomes.ShouldBe(before.Outcomes);
            (after.SumMicroseconds, after.MaxMicroseconds, after.BytesIn, after.BytesOut)
                .ShouldBe((before.SumMicroseconds, before.MaxMicroseconds, before.BytesIn, before.BytesOut));
        }

        again.Apply(Report(2, calls: 5), Start.AddMinutes(4)).Applied.ShouldBe(2);
        Calls(again, TrafficWindow.Hour, Start.AddMinutes(4)).ShouldBe(1005);
    }

    [Fact]
    public void Apply_moreSeriesThanAllowed_keepsTheSums()
    {
        var ledger = new TrafficLedger(new TrafficState(), 10, Start);
        for (var i = 1; i <= 100; i++)
        {
            ledger.Apply(Report(i, calls: 1, name: $"instance-{i}"), Start.AddSeconds(i / 10.0));
        }

        ledger.Count.ShouldBeLessThanOrEqualTo(12);
        Calls(ledger, TrafficWindow.Minute, Start.AddSeconds(10)).ShouldBe(100);
        var names = ledger.Read(TrafficWindow.Minute, Start.AddSeconds(10)).Series.Select(one => one.Key.Name).ToArray();
        names.ShouldContain(SeriesKey.Other);
        names.ShouldContain("instance-100");
    }

    [Fact]
    public void Read_inFlight_isOfFrontDoorsThatStillReport()
    {
        var ledger = Ledger();
        ledger.Apply(Report(1, calls: 0, inFlight: 7), Start);
        ledger.Apply(Report(1, calls: 0, inFlight: 2) with { FrontDoor = Guid.NewGuid() }, Start.AddSeconds(3));

        ledger.Read(TrafficWindow.Minute, Start.AddSeconds(3)).Series.ShouldHaveSingleItem().InFlight.ShouldBe(9);
        ledger.Read(TrafficWindow.Minute, Start.AddSeconds(6)).Series.ShouldHaveSingleItem().InFlight.ShouldBe(2);
        ledger.Read(TrafficWindow.Minute, Start.AddSeconds(3)).FrontDoors.ShouldBe(2);
        ledger.Read(TrafficWindow.Minute, Start.AddSeconds(60)).Series.ShouldBeEmpty();
    }

    private static TrafficLedger Ledger() => new(new TrafficState(), 100, Start);

    private static TrafficReport Report(
        long sequence, long calls, long oldest = 1, int inFlight = 0, TimeSpan age = default, string name = "books") =>
        new(Door, sequence, oldest, age, [new SeriesReport(new SeriesKey(SeriesKind.Route, name), Counts(calls), inFlight)]);

    private static TrafficCounts Counts(long calls) => calls == 0 ? new TrafficCounts() : new TrafficCounts
    {
        Latency = new LatencyHistogram(100, [calls - 1, 0, 1]),
        SumMicroseconds = calls * 1000,
        MaxMicroseconds = 2000,
        Outcomes = [0, 0, 0, 0, 1, 0, 0, 0],
        BytesIn = 10,
        BytesOut = 20 * calls,
    };

    private static long Calls(TrafficLedger ledger, TrafficWindow window, DateTimeOffset now) =>
        ledger.Read(window, now).Series.Sum(one => one.Counts.Latency.Counts.Sum());

    private static TrafficState Copy(TrafficState state) =>
        JsonSerializer.Deserialize<TrafficState>(JsonSerializer.SerializeToUtf8Bytes(state))!;

    // What a front door does, without its clock and network.
    private sealed class Sender(int[] counts)
    {
        private long oldest = 1;
        private long next = 1;

        public TrafficReport Next() => Report(next, calls: next > counts.Length ? 0 : counts[next - 1], oldest);

        public void Take(TrafficAck ack)
        {
            oldest = Math.Max(oldest, ack.Durable + 1);
            next = Math.Max(oldest, ack.Applied >= next ? next + 1 : ack.Applied + 1);
        }
    }
}
