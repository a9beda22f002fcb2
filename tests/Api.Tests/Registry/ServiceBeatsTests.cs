using System.Collections.Immutable;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;
using Shouldly;

namespace Gatehouse.Api.Tests.Registry;

public sealed class ServiceBeatsTests
{
    private readonly List<(ImmutableArray<Heartbeat> Batch, TaskCompletionSource<ImmutableArray<BeatOutcome>> Answer)> calls = [];

    [Fact]
    public async Task Beat_of_an_idle_service_goes_at_once()
    {
        var beats = new ServiceBeats(Send, Now);

        var outcome = beats.Beat(new Heartbeat("a"));

        calls.ShouldHaveSingleItem().Batch.ShouldBe([new Heartbeat("a")]);
        Answer(0, BeatOutcome.RegisterAgain);
        (await outcome).ShouldBe(BeatOutcome.RegisterAgain);
    }

    [Fact]
    public async Task Beats_gather_while_one_is_under_way_and_each_gets_its_own_outcome()
    {
        var beats = new ServiceBeats(Send, Now);
        var first = beats.Beat(new Heartbeat("a"));
        var second = beats.Beat(new Heartbeat("b"));
        var third = beats.Beat(new Heartbeat("c", 7));
        calls.Count.ShouldBe(1);

        Answer(0, BeatOutcome.Renewed);
        await first;

        calls.Count.ShouldBe(2);
        calls[1].Batch.ShouldBe([new Heartbeat("b"), new Heartbeat("c", 7)]);
        Answer(1, BeatOutcome.Renewed, BeatOutcome.Outdated);
        (await second).ShouldBe(BeatOutcome.Renewed);
        (await third).ShouldBe(BeatOutcome.Outdated);
    }

    [Fact]
    public async Task Beats_that_come_before_the_batch_has_its_turn_go_with_it()
    {
        var turns = new Queue<IThreadPoolWorkItem>();
        var beats = new ServiceBeats(Send, turns.Enqueue);
        var first = beats.Beat(new Heartbeat("a"));
        var second = beats.Beat(new Heartbeat("b"));
        calls.ShouldBeEmpty();

        turns.Dequeue().Execute();

        turns.ShouldBeEmpty();
        calls.ShouldHaveSingleItem().Batch.ShouldBe([new Heartbeat("a"), new Heartbeat("b")]);
        Answer(0, BeatOutcome.Renewed, BeatOutcome.RegisterAgain);
        (await first).ShouldBe(BeatOutcome.Renewed);
        (await second).ShouldBe(BeatOutcome.RegisterAgain);
    }

    [Fact]
    public async Task Batches_are_bounded_and_the_rest_follows()
    {
        var beats = new ServiceBeats(Send, Now);
        var outcomes = Enumerable.Range(0, 1 + ServiceBeats.BatchLimit + 3).Select(i => BeatOnce(beats, $"{i}")).ToList();

        Answer(0, BeatOutcome.Renewed);
        calls[1].Batch.Length.ShouldBe(ServiceBeats.BatchLimit);
        AnswerAll(1);
        calls[2].Batch.Length.ShouldBe(3);
        AnswerAll(2);

        (await Task.WhenAll(outcomes)).ShouldAllBe(outcome => outcome == BeatOutcome.Renewed);
    }

    [Fact]
    public async Task Failed_call_fails_its_batch_only()
    {
        var beats = new ServiceBeats(Send, Now);
        var first = BeatOnce(beats, "a");
        var second = BeatOnce(beats, "b");

        calls[0].Answer.SetException(new TimeoutException());
        await Should.ThrowAsync<TimeoutException>(first);

        Answer(1, BeatOutcome.Renewed);
        (await second).ShouldBe(BeatOutcome.Renewed);
    }

    [Fact]
    public async Task Outcomes_that_do_not_match_the_batch_fail_it()
    {
        var beats = new ServiceBeats(Send, Now);
        var beat = BeatOnce(beats, "a");

        Answer(0);

        await Should.ThrowAsync<InvalidOperationException>(beat);
    }

    [Fact]
    public async Task Many_threads_each_get_the_outcome_of_their_own_beat()
    {
        var beats = new ServiceBeats(async batch =>
        {
            await Task.Yield();
            return [.. batch.Select(beat => beat.Id[^1] % 2 == 0 ? BeatOutcome.Renewed : BeatOutcome.RegisterAgain)];
        }, item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));

        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), TestContext.Current.CancellationToken, async (i, _) =>
            (await beats.Beat(new Heartbeat($"{i}"))).ShouldBe($"{i}"[^1] % 2 == 0 ? BeatOutcome.Renewed : BeatOutcome.RegisterAgain));
    }

    private static void Now(IThreadPoolWorkItem item) => item.Execute();

    private static async Task<BeatOutcome> BeatOnce(ServiceBeats beats, string id) => await beats.Beat(new Heartbeat(id));

    private ValueTask<ImmutableArray<BeatOutcome>> Send(ImmutableArray<Heartbeat> batch)
    {
        var answer = new TaskCompletionSource<ImmutableArray<BeatOutcome>>();
        calls.Add((batch, answer));
        return new(answer.Task);
    }

    private void Answer(int call, params ReadOnlySpan<BeatOutcome> outcomes) => calls[call].Answer.SetResult([.. outcomes]);

    private void AnswerAll(int call) =>
        calls[call].Answer.SetResult([.. calls[call].Batch.Select(_ => BeatOutcome.Renewed)]);
}
