using System.Collections.Immutable;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Traffic;

public sealed class ShardReporterTests
{
    private readonly FakeTimeProvider time = new();
    private readonly List<TrafficReport> sent = [];

    [Fact]
    public async Task Flush_answerLost_sendsTheSameReportAgain()
    {
        var reporter = Reporter(report => sent.Count == 1 ? throw new TimeoutException() : new TrafficAck(report.Sequence, report.Sequence));
        reporter.Add([]);
        await Should.ThrowAsync<TimeoutException>(reporter.Flush());
        time.Advance(TimeSpan.FromSeconds(2));
        reporter.Add([]);
        await reporter.Flush();

        sent.Select(report => report.Sequence).ShouldBe([1, 1, 2]);
        sent.Select(report => report.Age).ShouldBe([TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.Zero]);
        reporter.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Flush_notDurable_isKeptAndSentToTheSuccessorThatAsks()
    {
        var durable = 0L;
        var applied = 0L;
        var reporter = Reporter(report =>
        {
            applied = report.Sequence == applied + 1 || report.Sequence == report.Oldest ? report.Sequence : applied;
            return new TrafficAck(applied, durable);
        });
        for (var i = 0; i < 5; i++)
        {
            reporter.Add([]);
            await reporter.Flush();
        }

        durable = 2;
        reporter.Add([]);
        await reporter.Flush();
        reporter.Count.ShouldBe(4);

        // The silo dies; its successor has what was written.
        applied = 2;
        sent.Clear();
        reporter.Add([]);
        await reporter.Flush();

        sent.Select(report => report.Sequence).ShouldBe([7, 3, 4, 5, 6, 7]);
        applied.ShouldBe(7);
    }

    [Fact]
    public async Task Flush_whileOneIsUnderWay_doesNothing()
    {
        var gate = new TaskCompletionSource<TrafficAck>();
        var reporter = new ShardReporter(Guid.NewGuid(), report =>
        {
            sent.Add(report);
            return report.Sequence == 1 ? gate.Task : Task.FromResult(new TrafficAck(2, 2));
        }, time);
        reporter.Add([]);
        var first = reporter.Flush();
        reporter.Add([]);
        await reporter.Flush();

        sent.Count.ShouldBe(1);
        gate.SetResult(new TrafficAck(1, 1));
        await first;
        sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Flush_shardThatRefusesWhatItAsksFor_isNotAskedForEver()
    {
        var reporter = Reporter(_ => new TrafficAck(0, 0));
        reporter.Add([]);

        await reporter.Flush();

        sent.Count.ShouldBe(1);
        reporter.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Add_shardOutOfReach_keepsABoundedNumber()
    {
        var reachable = false;
        var reporter = Reporter(report => reachable ? new TrafficAck(report.Sequence, report.Sequence) : throw new TimeoutException());
        for (var i = 0; i < 1000; i++)
        {
            reporter.Add(ImmutableArray<SeriesReport>.Empty);
        }

        await Should.ThrowAsync<TimeoutException>(reporter.Flush());
        reporter.Count.ShouldBe(ShardReporter.MaxKept);
        reporter.Dropped.ShouldBe(1000 - ShardReporter.MaxKept);

        reachable = true;
        sent.Clear();
        await reporter.Flush();
        sent[0].Sequence.ShouldBe(1001 - ShardReporter.MaxKept);
        sent[0].Oldest.ShouldBe(sent[0].Sequence);
        sent.Count.ShouldBe(ShardReporter.MaxKept);
    }

    private ShardReporter Reporter(Func<TrafficReport, TrafficAck> answer) => new(
        Guid.NewGuid(),
        report =>
        {
            sent.Add(report);
            return Task.FromResult(answer(report));
        },
        time);
}
