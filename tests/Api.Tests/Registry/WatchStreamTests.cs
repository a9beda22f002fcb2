using System.Text;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;
using Shouldly;
using static Gatehouse.Api.Tests.Registry.Entries;

namespace Gatehouse.Api.Tests.Registry;

public sealed class WatchStreamTests
{
    private readonly RegistryProjection projection = new();
    private RegistrySnapshot snapshot = RegistrySnapshot.Empty;

    [Fact]
    public void First_step_resets_and_tells_everybody()
    {
        Apply(1, Change(Up("a")), Change(Up("b") with { Action = InstanceAction.Deleted }));

        var events = Events(new WatchStream(projection.History, null, null));

        events.Select(e => e.Name).ShouldBe(["reset", "upserted"]);
        events.Select(e => e.Id).ShouldBe([null, "1.1"]);
        events[1].Data.ShouldContain("\"id\":\"a\"");
    }

    [Fact]
    public void Later_steps_tell_changes_with_the_id_on_the_last()
    {
        Apply(1, Change(Up("a")), Change(Up("b")));
        var stream = new WatchStream(projection.History, null, null);
        Events(stream);

        Apply(2, Change(Up("a") with { Weight = 9 }));
        Apply(3, Change(Up("b") with { Action = InstanceAction.Deleted }));
        var events = Events(stream);

        events.Select(e => (e.Name, e.Id)).ShouldBe([("upserted", null), ("removed", "1.3")]);
        events[1].Data.ShouldBe("""{"service":"ORDERS","id":"b"}""");
    }

    [Fact]
    public void Purge_of_what_was_removed_is_no_news()
    {
        Apply(1, Change(Up("a")), Change(Up("b") with { Action = InstanceAction.Deleted }));
        var stream = new WatchStream(projection.History, null, null);
        Events(stream);

        Apply(2, Gone("b"));

        Events(stream).ShouldBeEmpty();
        Encoding.UTF8.GetString(stream.KeepAlive().Span).ShouldBe(": alive\nid: 1.2\n\n");
    }

    [Fact]
    public void Resuming_tells_what_was_missed_removals_too()
    {
        Apply(1, Change(Up("a")), Change(Up("b")));
        Apply(2, Change(Up("b") with { Action = InstanceAction.Deleted }));
        Apply(3, Gone("b"));
        Apply(4, Change(Up("c")));

        var events = Events(new WatchStream(projection.History, null, new ViewVersion(1, 1)));

        events.Select(e => (e.Name, e.Id)).ShouldBe([("removed", null), ("upserted", "1.4")]);
    }

    [Fact]
    public void Resuming_at_the_current_version_tells_nothing()
    {
        Apply(1, Change(Up("a")));

        Events(new WatchStream(projection.History, null, new ViewVersion(1, 1))).ShouldBeEmpty();
    }

    [Fact]
    public void Resuming_ahead_of_this_front_door_waits_for_it()
    {
        Apply(1, Change(Up("a")));
        var stream = new WatchStream(projection.History, null, new ViewVersion(1, 2));
        Events(stream).ShouldBeEmpty();
        Apply(2, Change(Up("b")));
        Events(stream).ShouldBeEmpty();

        Apply(3, Change(Up("c")));

        Events(stream).ShouldHaveSingleItem().Data.ShouldContain("\"id\":\"c\"");
    }

    [Fact]
    public void Resuming_from_another_epoch_or_from_too_long_ago_resets()
    {
        var history = new RegistryHistory(capacity: 4);
        history.Reset(new ViewVersion(5, 10));
        history.Add(new ViewVersion(5, 11), ["A/1"]);
        history.Add(new ViewVersion(5, 12), ["A/2"]);
        history.Add(new ViewVersion(5, 13), ["A/3"]);

        history.TryGetSince(new ViewVersion(4, 99), out _).ShouldBeFalse();
        history.TryGetSince(new ViewVersion(5, 10), out _).ShouldBeFalse("it was dropped to keep the bound");
        history.TryGetSince(new ViewVersion(5, 11), out var keys).ShouldBeTrue();
        keys.ShouldBe(["A/2", "A/3"], ignoreOrder: true);
    }

    [Fact]
    public void One_service_is_told_of_itself_only()
    {
        Apply(1, Change(Up("a")), Change(Up("a", "ORDERS-NEXT")));
        var stream = new WatchStream(projection.History, "ORDERS", null);
        Events(stream).Select(e => e.Name).ShouldBe(["reset", "upserted"]);

        Apply(2, Change(Up("a", "ORDERS-NEXT") with { Weight = 3 }));
        Events(stream).ShouldBeEmpty();

        Apply(3, Change(Up("a") with { Weight = 3 }));
        Events(stream).ShouldHaveSingleItem().Id.ShouldBe("1.3");
    }

    private void Apply(long sequence, params ViewChange[] changes)
    {
        if (snapshot.Version == ViewVersion.None)
        {
            projection.History.Reset(new ViewVersion(1, 0));
        }

        snapshot = projection.Apply(snapshot, changes, replace: false, new ViewVersion(1, sequence));
    }

    private List<(string Name, string? Id, string Data)> Events(WatchStream stream)
    {
        var text = Encoding.UTF8.GetString(stream.Next(snapshot).Span);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block =>
        {
            var fields = block.Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(field => field[0], field => field[1]);
            return (fields["event"], fields.GetValueOrDefault("id"), fields["data"]);
        })];
    }
}
