using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Clients;
using Gatehouse.Grains.Tests.Identity.Revocations;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Tests.Views;

public sealed class OwnerLedgerTests
{
    private readonly JsonStore<ClientState> store = new();
    private readonly List<string> calls = [];
    private int publishFailures;
    private int stepsDown;

    [Fact]
    public async Task Run_enrols_then_writes_then_publishes()
    {
        using var ledger = Open();

        await Put(ledger, "a");

        calls.ShouldBe(["enroll", "publish 1 a"]);
        store.Writes.ShouldBe(1);
        store.State.Client!.Name.ShouldBe("a");
    }

    [Fact]
    public async Task Run_that_changes_nothing_publishes_the_last_write_again()
    {
        using var ledger = Open();
        await Put(ledger, "a");

        await ledger.Run(state => state);

        calls.ShouldBe(["enroll", "publish 1 a", "publish 1 a"]);
        store.Writes.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_written_for_a_decision_that_throws()
    {
        using var ledger = Open();

        await Should.ThrowAsync<InvalidOperationException>(() => ledger.Run(_ => throw new InvalidOperationException()));

        calls.ShouldBeEmpty();
        await Put(ledger, "a");
        store.State.Version.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_failed_ends_the_ledger_and_its_successor_knows_the_truth(bool happened)
    {
        using var ledger = Open();
        await Put(ledger, "a");
        (store.Fails, store.Happens) = (true, happened);

        await Should.ThrowAsync<StateNotWrittenException>(() => Put(ledger, "b"));
        await Should.ThrowAsync<StateNotWrittenException>(() => Put(ledger, "c"));

        stepsDown.ShouldBe(1);
        (await ledger.Report()).Version.ShouldBe(happened ? 2 : 1);
        using var successor = Open();
        successor.State.Client!.Name.ShouldBe(happened ? "b" : "a");
    }

    [Fact]
    public async Task Resume_publishes_what_an_earlier_activation_wrote_last()
    {
        using (var ledger = Open())
        {
            await Put(ledger, "a");
            publishFailures = 1;
            await Should.ThrowAsync<TimeoutException>(() => ledger.Run(state => state.With("id", null)));
        }

        using var successor = Open();
        await successor.Resume();

        calls.ShouldBe(["enroll", "publish 1 a", "enroll", "publish 2 gone"]);
    }

    [Fact]
    public async Task Report_ends_a_ledger_that_another_has_taken_over_from()
    {
        using var zombie = Open();
        using var successor = Open();
        await Put(successor, "a");

        (await zombie.Report()).Entries.ShouldHaveSingleItem().Key.ShouldBe("id");

        stepsDown.ShouldBe(1);
        await Should.ThrowAsync<StateNotWrittenException>(() => Put(zombie, "b"));
    }

    private static Task<ClientState> Put(OwnerLedger<ClientState> ledger, string name) =>
        ledger.Run(state => state.With("id", new Client { Id = "id", Name = name }));

    private OwnerLedger<ClientState> Open() => new(store.Open(), Enroll, Publish, _ => stepsDown++);

    private Task Enroll()
    {
        calls.Add("enroll");
        return Task.CompletedTask;
    }

    private Task Publish(long version, ImmutableArray<ViewChange> changes)
    {
        if (publishFailures > 0)
        {
            publishFailures--;
            throw new TimeoutException();
        }

        calls.Add($"publish {version} {(changes.Single().Value as Client)?.Name ?? "gone"}");
        return Task.CompletedTask;
    }
}
