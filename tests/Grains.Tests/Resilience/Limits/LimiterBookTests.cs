using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Grains.Tests.Resilience.Limits;

public sealed class LimiterBookTests
{
    private static readonly LimitRule Bucket = new(LimitAlgorithm.TokenBucket, 10, TimeSpan.FromSeconds(1), 20);
    private static readonly LimitRule Window = new(LimitAlgorithm.SlidingWindow, 10, TimeSpan.FromSeconds(1), 0);
    private static readonly LimitRule Slots = new(LimitAlgorithm.Concurrent, 10, TimeSpan.Zero, 0);
    private static readonly Guid First = Guid.NewGuid();
    private static readonly Guid Second = Guid.NewGuid();

    private LimiterBook book = new(1, LimiterLegacy.None, LimiterBook.ClockStart);
    private TimeSpan now = LimiterBook.ClockStart;
    private long sequence;

    [Fact]
    public void Lends_what_is_wanted_now_and_ahead_only_a_part_of_what_is_left()
    {
        Ask(Bucket, now: 1, ahead: 100).Permits.ShouldBe(5);
        Ask(Bucket, now: 12, ahead: 100).Permits.ShouldBe(12);
        var last = Ask(Bucket, now: 9, ahead: 0);
        last.Permits.ShouldBe(3);
        last.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void Returned_permits_can_be_lent_again_at_once()
    {
        var lent = Ask(Window, now: 10);
        Ask(Window, now: 1).Permits.ShouldBe(0);

        Ask(Window, now: 10, reports: [new LeaseReport(1, lent.Lease, 4, TimeSpan.Zero, Closed: true)]).Permits.ShouldBe(6);
    }

    [Fact]
    public void Permits_of_a_front_door_that_is_not_heard_of_count_as_used_at_the_end_of_their_term()
    {
        Ask(Window, now: 10);

        Pass(LimitTimings.Term + TimeSpan.FromMilliseconds(900));
        Ask(Window, now: 10).Permits.ShouldBe(0);
        Pass(TimeSpan.FromMilliseconds(200));
        Ask(Window, now: 10).Permits.ShouldBe(10);
    }

    [Fact]
    public void A_report_that_comes_twice_or_of_another_epoch_changes_nothing()
    {
        var lent = Ask(Window, now: 10);
        var report = new LeaseReport(1, lent.Lease, 4, TimeSpan.Zero, Closed: true);

        Ask(Window, now: 0, reports: [report with { Epoch = 2 }]).Available.ShouldBe(0);
        Ask(Window, now: 0, reports: [report, report]).Available.ShouldBe(6);
    }

    [Fact]
    public void A_successor_that_knows_nothing_lends_nothing_until_all_has_lapsed()
    {
        book = new LimiterBook(2, null, now);

        var early = Ask(Bucket, now: 5);
        early.Recovering.ShouldBeTrue();
        early.Permits.ShouldBe(0);
        Pass(early.RetryAfter);
        Ask(Bucket, now: 5).Permits.ShouldBe(0);
        Pass(TimeSpan.FromMilliseconds(500));
        Ask(Bucket, now: 20).Permits.ShouldBe(5);
        Ask(Window with { Permits = 3 }, now: 3, key: "never heard of").Permits.ShouldBe(0);
    }

    [Fact]
    public void A_successor_of_one_that_stopped_in_good_order_goes_on_where_it_was()
    {
        Ask(Bucket, now: 15, key: "bucket");
        var window = Ask(Window, now: 6, key: "window");
        Ask(Window, now: 0, key: "window", reports: [new LeaseReport(1, window.Lease, 6, TimeSpan.Zero, Closed: true)]);
        Ask(Slots, now: 4, key: "slots");

        book = new LimiterBook(2, Stored(book.Snapshot(now)!), now);

        Ask(Bucket, now: 20, key: "bucket").Permits.ShouldBe(5);
        Ask(Window, now: 20, key: "window").Permits.ShouldBe(4);
        Ask(Slots, now: 20, key: "slots", door: Second).Permits.ShouldBe(6);
        Pass(TimeSpan.FromMilliseconds(1500));
        Ask(Window, now: 6, key: "window").Permits.ShouldBe(6);
    }

    [Fact]
    public void What_a_successor_did_not_know_the_next_one_does_not_know_either()
    {
        book = new LimiterBook(2, null, now);
        Pass(TimeSpan.FromSeconds(1.8));
        book.Exchange(new LimitExchange(First, ++sequence, []), now);

        book = new LimiterBook(3, Stored(book.Snapshot(now)!), now);

        Ask(Bucket, now: 20).Permits.ShouldBeLessThan(2);
    }

    [Fact]
    public void Slots_are_lent_until_given_back_or_their_front_door_is_not_heard_of()
    {
        Ask(Slots, now: 7).Permits.ShouldBe(7);
        Ask(Slots, now: 7, door: Second).Permits.ShouldBe(3);
        Ask(Slots, now: 0, holding: 2).Permits.ShouldBe(2);
        Ask(Slots, now: 7, door: Second, holding: 3).Permits.ShouldBe(8);

        Pass(LimitTimings.Term + TimeSpan.FromMilliseconds(100));
        Ask(Slots, now: 10, door: Second, holding: 8, inUse: 1).Permits.ShouldBe(10);
    }

    [Fact]
    public void Slots_in_use_are_taken_note_of_by_a_successor_that_knows_nothing()
    {
        book = new LimiterBook(2, null, now);

        var kept = Ask(Slots, now: 5, holding: 8);
        kept.Permits.ShouldBe(8);
        kept.Recovering.ShouldBeTrue();
        Pass(TimeSpan.FromMilliseconds(900));
        Ask(Slots, now: 0, holding: 8).Permits.ShouldBe(8);
        Pass(TimeSpan.FromMilliseconds(900));
        Ask(Slots, now: 10, door: Second).Permits.ShouldBe(2);
    }

    [Fact]
    public void An_exchange_that_comes_after_a_later_one_is_ignored()
    {
        Ask(Slots, now: 5);
        sequence -= 1;

        book.Exchange(new LimitExchange(First, sequence, [new LimitAsk("k", Slots, [], 5, 0)]), now).Grants.ShouldBeEmpty();
    }

    [Fact]
    public void Sweep_forgets_what_is_as_if_never_used()
    {
        Ask(Bucket, now: 20);
        book.Sweep(now);
        book.Count.ShouldBe(1);
        Pass(TimeSpan.FromSeconds(4));

        book.Sweep(now);

        book.Count.ShouldBe(0);
    }

    private static LimiterLegacy Stored(LimiterLegacy left)
    {
        var text = JsonSerializer.Serialize(new LimiterState { Epoch = 1, Left = left });
        return JsonSerializer.Deserialize<LimiterState>(text)!.Left!;
    }

    private void Pass(TimeSpan span) => now += span;

    private LimitGrant Ask(
        LimitRule rule, int now, int ahead = 0, string key = "k", Guid? door = null, int holding = 0, int inUse = 0, ImmutableArray<LeaseReport>? reports = null)
    {
        var ask = new LimitAsk(key, rule, reports ?? [], now, ahead, holding, inUse);
        return book.Exchange(new LimitExchange(door ?? First, ++sequence, [ask]), this.now).Grants.ShouldHaveSingleItem();
    }
}
