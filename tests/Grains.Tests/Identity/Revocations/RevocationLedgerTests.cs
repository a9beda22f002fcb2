using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Identity.Revocations;

public sealed class RevocationLedgerTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly JsonStore<RevocationState> store = new();
    private readonly List<(long Version, string Keys)> published = [];
    private TaskCompletionSource? publishing;
    private int publishFailures;
    private int stepsDown;

    private DateTimeOffset InTenMinutes => time.GetUtcNow().AddMinutes(10);

    [Fact]
    public async Task Revoke_is_answered_once_written_and_published()
    {
        using var ledger = Open();
        publishing = new TaskCompletionSource();

        var revoking = ledger.Revoke("s:a", InTenMinutes);

        revoking.IsCompleted.ShouldBeFalse();
        store.State.Entries.Keys.ShouldBe(["s:a"]);
        published.ShouldBe([(1, "s:a")]);
        publishing.SetResult();
        await revoking;
    }

    [Fact]
    public async Task Revoke_while_a_write_is_under_way_goes_out_together_in_the_next()
    {
        using var ledger = Open();
        store.Gate = new TaskCompletionSource();

        var first = ledger.Revoke("s:a", InTenMinutes);
        var others = Enumerable.Range(0, 100).Select(i => ledger.Revoke($"s:{i}", InTenMinutes)).ToArray();
        store.Gate.SetResult();
        await Task.WhenAll([first, .. others]);

        store.Writes.ShouldBe(2);
        store.State.Entries.Count.ShouldBe(101);
        published.Select(publish => publish.Version).ShouldBe([1, 2], ignoreOrder: true);
    }

    [Fact]
    public async Task Revoke_of_what_is_revoked_writes_nothing_and_publishes_again()
    {
        using var ledger = Open();
        publishFailures = 1;
        await Should.ThrowAsync<TimeoutException>(() => ledger.Revoke("s:a", InTenMinutes));

        // The same second, so that nothing is new about it.
        await ledger.Revoke("s:a", InTenMinutes);

        store.Writes.ShouldBe(1);
        published.ShouldBe([(1, "s:a")]);
    }

    [Fact]
    public async Task Revoke_again_keeps_the_later_end()
    {
        using var ledger = Open();
        await ledger.Revoke("s:a", InTenMinutes);
        var end = ledger.Written.Entries["s:a"].Until;

        await ledger.Revoke("s:a", time.GetUtcNow().AddMinutes(1));

        ledger.Written.Entries["s:a"].Until.ShouldBe(end);
    }

    [Fact]
    public async Task Purge_takes_out_what_no_token_can_match_any_more_and_nothing_else()
    {
        using var ledger = Open();
        await ledger.Revoke("s:short", time.GetUtcNow().AddMinutes(1));
        await ledger.Revoke("s:long", InTenMinutes);
        published.Clear();

        time.Advance(TimeSpan.FromMinutes(1) + Revocation.Linger - TimeSpan.FromSeconds(1));
        await ledger.Purge();
        store.State.Entries.Count.ShouldBe(2);

        time.Advance(TimeSpan.FromSeconds(3));
        await ledger.Purge();

        store.State.Entries.Keys.ShouldBe(["s:long"]);
        published.ShouldBe([(3, "s:short-")]);
    }

    [Fact]
    public async Task Purge_without_anything_ended_writes_nothing()
    {
        using var ledger = Open();
        await ledger.Revoke("s:a", InTenMinutes);

        await ledger.Purge();

        store.Writes.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_failed_ends_the_ledger_and_its_successor_knows_the_truth(bool happens)
    {
        using var ledger = Open();
        (store.Fails, store.Happens) = (true, happens);

        await Should.ThrowAsync<StateNotWrittenException>(() => ledger.Revoke("s:a", InTenMinutes));
        await Should.ThrowAsync<StateNotWrittenException>(() => ledger.Revoke("s:b", InTenMinutes));

        stepsDown.ShouldBe(1);
        published.ShouldBeEmpty();
        using var successor = Open();
        successor.Written.Entries.ContainsKey("s:a").ShouldBe(happens);
        await successor.Resume();
        await successor.Revoke("s:a", InTenMinutes);
        published[^1].Keys.ShouldBe("s:a");
    }

    [Fact]
    public async Task Read_ends_a_ledger_that_another_has_taken_over_from_and_gives_what_that_wrote()
    {
        using var zombie = Open();
        using var successor = Open();
        await successor.Revoke("s:a", InTenMinutes);

        (await zombie.Read()).Entries.ShouldContainKey("s:a");

        stepsDown.ShouldBe(1);
        await Should.ThrowAsync<StateNotWrittenException>(() => zombie.Revoke("s:b", InTenMinutes));
    }

    private RevocationLedger Open() => new(store.Open(), () => Task.CompletedTask, Publish, _ => stepsDown++, time);

    private async Task Publish(long version, ImmutableArray<ViewChange> changes)
    {
        if (publishFailures > 0)
        {
            publishFailures--;
            throw new TimeoutException();
        }

        // A grain runs one thing at a time, a test does not: publishes of two versions may come at once.
        lock (published)
        {
            published.Add((version, string.Join(',', changes.Select(change => change.Key + (change.Value is null ? "-" : "")))));
        }

        if (publishing is not null)
        {
            await publishing.Task;
        }
    }
}
