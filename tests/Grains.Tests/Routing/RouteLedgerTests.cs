using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Views;
using Gatehouse.Grains.Routing;
using Orleans.Runtime;
using static Gatehouse.Grains.Tests.Routing.Documents;

namespace Gatehouse.Grains.Tests.Routing;

public sealed class RouteLedgerTests
{
    private readonly Store store = new();
    private readonly List<string> calls = [];
    private readonly List<(long Version, string Keys)> published = [];
    private TaskCompletionSource? publishing;
    private int publishFailures;
    private int stepsDown;

    [Fact]
    public async Task Run_enrols_then_writes_then_publishes()
    {
        using var ledger = Open();

        await Put(ledger, Route("a"));

        calls.ShouldBe(["enroll", "write", "publish"]);
        published.ShouldBe([(1, "a")]);
    }

    [Fact]
    public async Task Run_of_a_refused_command_calls_nobody()
    {
        using var ledger = Open();

        (await Put(ledger, Route("a", "nope"))).Outcome.ShouldBe(RouteOutcome.Invalid);

        calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_is_answered_once_published_and_holds_up_nobody_meanwhile()
    {
        using var ledger = Open();
        publishing = new TaskCompletionSource();

        var first = Put(ledger, Route("a"));
        var second = Put(ledger, Route("b"));

        first.IsCompleted.ShouldBeFalse();
        published.ShouldBe([(1, "a"), (2, "b")]);
        ledger.Book.Version.ShouldBe(2);
        publishing.SetResult();
        (await first).Revision.ShouldBe(1);
        (await second).Revision.ShouldBe(2);
    }

    [Fact]
    public async Task Writes_go_one_at_a_time()
    {
        using var ledger = Open();
        store.Gate = new TaskCompletionSource();

        var first = Put(ledger, Route("a"));
        var second = Put(ledger, Route("b"));

        calls.ShouldBe(["enroll", "write"]);
        var report = ledger.Report();
        report.IsCompleted.ShouldBeFalse();
        store.Gate.SetResult();
        await Task.WhenAll(first, second);
        (await report).Entries.Length.ShouldBe((int)(await report).Version);
        published.ShouldBe([(1, "a"), (2, "b")]);
    }

    [Fact]
    public async Task A_publish_that_failed_is_repeated_as_it_was_by_the_next_command_that_changes_nothing()
    {
        using var ledger = Open();
        await Put(ledger, Route("a"));
        publishFailures = 1;
        await Should.ThrowAsync<TimeoutException>(() => Put(ledger, Route("b")));

        // Another route than the one that was not published.
        (await Put(ledger, Route("a"))).Outcome.ShouldBe(RouteOutcome.Unchanged);

        published.ShouldBe([(1, "a"), (2, "b")]);
    }

    [Fact]
    public async Task A_delete_that_is_repeated_is_published_again()
    {
        using var ledger = Open();
        await Put(ledger, Route("a"));
        publishFailures = 1;
        await Should.ThrowAsync<TimeoutException>(() => Delete(ledger, "a"));

        (await Delete(ledger, "a")).Outcome.ShouldBe(RouteOutcome.NotFound);

        published.ShouldBe([(1, "a"), (2, "a-")]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_failed_ends_the_ledger_and_its_successor_knows_the_truth(bool applied)
    {
        using var ledger = Open();
        store.Fault = applied ? Fault.Unacknowledged : Fault.Lost;
        var failing = Put(ledger, Route("a"));
        var waiting = Put(ledger, Route("b"));

        await Should.ThrowAsync<StateNotWrittenException>(() => failing);
        await Should.ThrowAsync<StateNotWrittenException>(() => waiting);

        stepsDown.ShouldBe(1);
        (await ledger.Report()).Entries.Length.ShouldBe(applied ? 1 : 0);
        published.ShouldBeEmpty();
        using var successor = Open();
        (await Put(successor, Route("a"))).Outcome.ShouldBe(applied ? RouteOutcome.Unchanged : RouteOutcome.Created);
        published.ShouldBe([(1, "a")]);
    }

    [Fact]
    public async Task Report_reads_the_store_and_ends_a_ledger_that_another_has_taken_over_from()
    {
        using var zombie = Open();
        using var successor = Open();
        await Put(successor, Route("a"));

        var report = await zombie.Report();

        report.Version.ShouldBe(1);
        report.Entries.ShouldHaveSingleItem().Key.ShouldBe("a");
        stepsDown.ShouldBe(1);
        await Should.ThrowAsync<StateNotWrittenException>(() => Put(zombie, Route("b")));
    }

    [Fact]
    public async Task Resume_publishes_what_an_earlier_activation_wrote_last()
    {
        using (var ledger = Open())
        {
            await Put(ledger, Route("a"));
            publishFailures = 1;
            await Should.ThrowAsync<TimeoutException>(() => Delete(ledger, "a"));
        }

        using var successor = Open();
        await successor.Resume();

        published.ShouldBe([(1, "a"), (2, "a-")]);
    }

    [Fact]
    public async Task Resume_of_an_empty_book_publishes_nothing()
    {
        using var ledger = Open();

        await ledger.Resume();

        calls.ShouldBeEmpty();
    }

    private static Task<RouteWrite> Put(RouteLedger ledger, RouteDocument route) =>
        ledger.Run(book => book.Put(route, RouteCondition.None), answer => answer.Outcome != RouteOutcome.Invalid);

    private static Task<RouteWrite> Delete(RouteLedger ledger, string id) =>
        ledger.Run(book => book.Delete(id, RouteCondition.None), _ => true);

    private RouteLedger Open() => new(store.Open(calls), Enroll, Publish, _ => stepsDown++);

    private Task Enroll()
    {
        calls.Add("enroll");
        return Task.CompletedTask;
    }

    private async Task Publish(long version, ImmutableArray<ViewChange> changes)
    {
        if (publishFailures > 0)
        {
            publishFailures--;
            throw new TimeoutException();
        }

        calls.Add("publish");
        published.Add((version, string.Join(',', changes.Select(change => change.Key + (change.Value is null ? "-" : "")))));
        if (publishing is not null)
        {
            await publishing.Task;
        }
    }

    private enum Fault
    {
        None = 0,
        Lost,
        Unacknowledged,
    }

    /// <summary>Keeps the state as JSON, as the real store does, and fails once when told to.</summary>
    private sealed class Store
    {
        private string? json;

        public TaskCompletionSource? Gate { get; set; }

        public Fault Fault { get; set; }

        public Facet Open(List<string> calls) =>
            new(this, calls) { State = Read() };

        private RouteListing Read() => json is null ? new RouteListing() : JsonSerializer.Deserialize<RouteListing>(json)!;

        private async Task Write(RouteListing state)
        {
            if (Gate is not null)
            {
                await Gate.Task;
            }

            var fault = Fault;
            Fault = Fault.None;
            json = fault == Fault.Lost ? json : JsonSerializer.Serialize(state);
            if (fault != Fault.None)
            {
                throw new TimeoutException("The store did not answer.");
            }
        }

        public sealed class Facet(Store store, List<string> calls) : IPersistentState<RouteListing>
        {
            public RouteListing State { get; set; } = new();

            public string Etag => "";

            public bool RecordExists => store.json is not null;

            public Task ClearStateAsync() => throw new NotSupportedException();

            public Task ReadStateAsync()
            {
                State = store.Read();
                return Task.CompletedTask;
            }

            public Task WriteStateAsync()
            {
                calls.Add("write");
                return store.Write(State);
            }
        }
    }
}
