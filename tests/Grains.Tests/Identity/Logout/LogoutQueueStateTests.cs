using Gatehouse.Grains.Identity.Logout;

namespace Gatehouse.Grains.Tests.Identity.Logout;

public sealed class LogoutQueueStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 29, 8, 0, 0, TimeSpan.Zero);
    private static readonly LogoutNotice Shop = new("s1", "alice", "shop");
    private static readonly LogoutNotice Wiki = new("s1", "alice", "wiki");
    private static readonly LogoutOptions Options = new() { Attempts = 4, RetryAfter = TimeSpan.FromSeconds(5), RetryAtMost = TimeSpan.FromMinutes(1) };

    [Fact]
    public void With_keeps_a_notice_once_and_is_due_at_once()
    {
        var state = new LogoutQueueState().With([Shop, Wiki], Start).With([Shop], Start.AddSeconds(1));

        state.Queue.Select(queued => queued.Notice).ShouldBe([Shop, Wiki]);
        state.Queue.ShouldAllBe(queued => queued.DueAt == Start);
        state.With([Wiki], Start).ShouldBeSameAs(state);
    }

    [Fact]
    public void With_takes_no_more_than_there_is_room_for()
    {
        var state = new LogoutQueueState().With([.. Enumerable.Range(0, 1990).Select(i => new LogoutNotice($"s{i}", "alice", "shop"))], Start);

        state = state.With([.. Enumerable.Range(0, 20).Select(i => new LogoutNotice($"s{i}", "alice", "wiki"))], Start);

        state.Queue.Length.ShouldBe(2000);
        state.With([new LogoutNotice("more", "alice", "shop")], Start).Queue.Length.ShouldBe(2000);
    }

    [Fact]
    public void After_takes_out_what_was_delivered_and_leaves_the_rest()
    {
        var state = new LogoutQueueState().With([Shop, Wiki], Start).After([new LogoutAttempt(Shop, null)], Options, Start);

        state.Queue.ShouldHaveSingleItem().ShouldBe(new QueuedLogout(Wiki, Start, DueAt: Start));
    }

    [Fact]
    public void After_failures_the_pauses_grow_up_to_the_longest_and_then_it_is_given_up()
    {
        var state = new LogoutQueueState().With([Shop], Start);
        foreach (var pause in new[] { 5, 20, 60 })
        {
            state = state.After([new LogoutAttempt(Shop, "it answered 500")], Options, Start);
            state.Queue[0].DueAt.ShouldBe(Start.AddSeconds(pause));
        }

        state = state.After([new LogoutAttempt(Shop, "it answered 500")], Options, Start);

        state.Queue.ShouldHaveSingleItem().ShouldBe(new QueuedLogout(Shop, Start, 4, null, "it answered 500"));
        state.Retried(Start.AddHours(1)).Queue[0].ShouldBe(new QueuedLogout(Shop, Start, 0, Start.AddHours(1), "it answered 500"));
    }

    [Fact]
    public void After_a_while_what_was_given_up_is_forgotten()
    {
        var once = new LogoutOptions { Attempts = 1, KeepGivenUp = TimeSpan.FromDays(1) };
        var state = new LogoutQueueState().With([Shop], Start).After([new LogoutAttempt(Shop, "no")], once, Start);

        state.After([], once, Start.AddHours(23)).Queue.ShouldHaveSingleItem();
        state.After([], once, Start.AddHours(25)).Queue.ShouldBeEmpty();
    }

    [Fact]
    public void After_a_client_is_gone_for_good_no_more_than_a_part_is_kept_of_what_was_given_up()
    {
        var once = new LogoutOptions { Attempts = 1 };
        LogoutNotice[] notices = [.. Enumerable.Range(0, 600).Select(i => new LogoutNotice($"s{i}", "alice", "shop"))];

        var state = new LogoutQueueState().With([.. notices], Start).After([.. notices.Select(notice => new LogoutAttempt(notice, "no"))], once, Start);

        state.Queue.Select(queued => queued.Notice).ShouldBe(notices[100..]);
    }
}
