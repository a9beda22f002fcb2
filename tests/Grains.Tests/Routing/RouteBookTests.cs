using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using static Gatehouse.Grains.Tests.Routing.Documents;

namespace Gatehouse.Grains.Tests.Routing;

public sealed class RouteBookTests
{
    private static readonly RouteBook Empty = new(new RouteListing());

    [Fact]
    public void Put_creates_then_leaves_then_changes()
    {
        var (one, created) = Empty.Put(Full(), RouteCondition.None);
        var (two, same) = one.Put(Full(), RouteCondition.None);
        var (three, changed) = two.Put(Full() with { Timeout = TimeSpan.FromSeconds(2) }, RouteCondition.None);

        (created.Outcome, created.Revision).ShouldBe((RouteOutcome.Created, 1));
        (same.Outcome, same.Revision).ShouldBe((RouteOutcome.Unchanged, 1));
        two.ShouldBeSameAs(one);
        (changed.Outcome, changed.Revision, three.Version).ShouldBe((RouteOutcome.Changed, 2, 2));
        three.Changes.ShouldHaveSingleItem().Key.ShouldBe("full");
    }

    [Fact]
    public void Put_of_an_invalid_document_changes_nothing()
    {
        var (next, answer) = Empty.Put(Route("a", "nope"), RouteCondition.None);

        next.ShouldBeSameAs(Empty);
        answer.Outcome.ShouldBe(RouteOutcome.Invalid);
        answer.Errors.ShouldHaveSingleItem().Path.ShouldBe("match.path");
    }

    [Fact]
    public void Put_of_another_routes_match_names_both()
    {
        var book = Empty.Put(Route("a", "/x/{id}"), RouteCondition.None).Next;

        var error = book.Put(Route("b", "/x/{other}"), RouteCondition.None).Answer.Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("match");
        error.Message.ShouldBe("of route 'b' takes exactly the same requests as that of route 'a'");
        book.Put(Route("a", "/x/{other}"), RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.Changed);
    }

    [Fact]
    public void Put_frees_the_match_that_the_route_had()
    {
        var book = Empty.Put(Route("a", "/x"), RouteCondition.None).Next
            .Put(Route("a", "/y"), RouteCondition.None).Next;

        book.Put(Route("b", "/x"), RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.Created);
        book.Put(Route("b", "/y"), RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.Invalid);
        book.Delete("a", RouteCondition.None).Next.Put(Route("b", "/y"), RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.Created);
    }

    [Fact]
    public void Conditions_are_held_against_the_stored_revision()
    {
        var book = Empty.Put(Route("a"), RouteCondition.None).Next;
        var stale = new RouteCondition { Revisions = [7] };
        var current = new RouteCondition { Revisions = [7, 1] };
        var absent = new RouteCondition { MustNotExist = true };
        var present = new RouteCondition { MustExist = true };

        book.Put(Route("a", "/b"), stale).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Put(Route("a", "/b"), absent).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Put(Route("a", "/b"), current).Answer.Outcome.ShouldBe(RouteOutcome.Changed);
        book.Put(Route("a", "/b"), present).Answer.Outcome.ShouldBe(RouteOutcome.Changed);
        book.Put(Route("b"), absent).Answer.Outcome.ShouldBe(RouteOutcome.Created);
        book.Put(Route("b"), present).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Put(Route("b"), current).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Delete("a", stale).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Delete("a", current).Answer.Outcome.ShouldBe(RouteOutcome.Deleted);
        book.Delete("b", RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.NotFound);
        book.Delete("b", current).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Replace([], RouteSource.Api, stale).Answer.Outcome.ShouldBe(RouteOutcome.PreconditionFailed);
        book.Replace([], RouteSource.Api, current).Answer.Outcome.ShouldBe(RouteOutcome.Changed);
    }

    [Fact]
    public void A_revision_is_never_used_again()
    {
        var book = Empty.Put(Route("a"), RouteCondition.None).Next.Delete("a", RouteCondition.None).Next;

        book.Put(Route("a"), RouteCondition.None).Answer.Revision.ShouldBe(3);
    }

    [Fact]
    public void Replace_tells_the_difference()
    {
        var book = Empty.Replace([Route("a"), Route("b"), Route("c")], RouteSource.Api, RouteCondition.None).Next;

        var (next, answer) = book.Replace([Route("d"), Route("b", "/other"), Route("a")], RouteSource.Api, RouteCondition.None);

        answer.Difference.Added.ShouldBe(["d"]);
        answer.Difference.Changed.ShouldBe(["b"]);
        answer.Difference.Removed.ShouldBe(["c"]);
        answer.Difference.Unchanged.ShouldBe(["a"]);
        next.Changes.Select(change => (change.Key, change.Value is null)).ShouldBe([("b", false), ("c", true), ("d", false)]);
        next.Find("a")!.Revision.ShouldBe(1);
        next.Find("b")!.Revision.ShouldBe(2);
    }

    [Fact]
    public void Replace_of_the_same_set_changes_nothing()
    {
        var book = Empty.Replace([Full(), Route("a")], RouteSource.File, RouteCondition.None).Next;

        var (next, answer) = book.Replace([Route("a"), Full()], RouteSource.File, RouteCondition.None);

        next.ShouldBeSameAs(book);
        answer.Outcome.ShouldBe(RouteOutcome.Unchanged);
    }

    [Fact]
    public void Replace_leaves_the_other_sources_routes()
    {
        var book = Empty.Put(Route("api"), RouteCondition.None).Next
            .Replace([Route("file")], RouteSource.File, RouteCondition.None).Next;

        book.Replace([], RouteSource.File, RouteCondition.None).Next.Listing.Routes.Select(entry => entry.Document.Id).ShouldBe(["api"]);
        book.Replace([], RouteSource.Api, RouteCondition.None).Next.Listing.Routes.Select(entry => entry.Document.Id).ShouldBe(["file"]);
    }

    [Fact]
    public void Sources_do_not_touch_each_others_routes()
    {
        var book = Empty.Put(Route("mine", "/mine"), RouteCondition.None).Next
            .Replace([Route("file", "/file")], RouteSource.File, RouteCondition.None).Next;

        book.Put(Route("file"), RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.OwnedElsewhere);
        book.Delete("file", RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.OwnedElsewhere);
        book.Put(Route("new", "/file"), RouteCondition.None).Answer.Errors.ShouldHaveSingleItem().Path.ShouldBe("match");
        var clash = book.Replace([Route("new"), Route("mine", "/x")], RouteSource.File, RouteCondition.None).Answer;
        clash.Errors.ShouldHaveSingleItem().ShouldBe(
            new RouteError("routes[1].id", "'mine' is the id of a route that was put through the management API already"));
        var match = book.Replace([Route("new", "/file")], RouteSource.Api, RouteCondition.None).Answer;
        match.Errors.ShouldHaveSingleItem().ShouldBe(new RouteError(
            "routes[0].match",
            "of route 'new' takes exactly the same requests as that of route 'file', which came from the routes file"));
    }

    [Fact]
    public void Sources_share_the_limit()
    {
        var half = RouteValidation.MaxRoutes / 2;
        var book = Empty
            .Replace([.. Enumerable.Range(0, half).Select(i => Route($"f{i}"))], RouteSource.File, RouteCondition.None).Next
            .Replace([.. Enumerable.Range(0, half).Select(i => Route($"a{i}"))], RouteSource.Api, RouteCondition.None).Next;

        book.Put(Route("more"), RouteCondition.None).Answer.Errors.ShouldHaveSingleItem().Path.ShouldBe("id");
        book.Replace([.. Enumerable.Range(0, half + 1).Select(i => Route($"a{i}"))], RouteSource.Api, RouteCondition.None)
            .Answer.Errors.ShouldHaveSingleItem().Path.ShouldBe("routes");
    }

    [Fact]
    public void SameContent_notices_every_property()
    {
        var route = Full();
        RouteBook.SameContent(route, Full()).ShouldBeTrue();

        RouteDocument[] changed =
        [
            route with { Id = "other" },
            route with { Match = route.Match with { Hosts = [] } },
            route with { Match = route.Match with { Path = "/other" } },
            route with { Match = route.Match with { Methods = ["GET"] } },
            route with { Match = route.Match with { Headers = [] } },
            route with { Match = route.Match with { Headers = [new ValueMatch { Name = "X-Tenant", Values = ["a"] }] } },
            route with { Match = route.Match with { Query = [] } },
            route with { To = new RouteTarget { Service = "X" } },
            route with { To = route.To with { Split = [route.To.Split[0] with { Weight = 89 }, route.To.Split[1]] } },
            route with { Rewrite = route.Rewrite with { RemovePrefix = "" } },
            route with { Rewrite = route.Rewrite with { AddPrefix = "" } },
            route with { Rewrite = route.Rewrite with { SetHeaders = route.Rewrite.SetHeaders.SetItem("X-Api", "3") } },
            route with { Rewrite = route.Rewrite with { RemoveHeaders = [] } },
            route with { Balance = BalanceRule.Random },
            route with { Timeout = TimeSpan.FromSeconds(1) },
            route with { Timeouts = new RouteTimeouts { Total = TimeSpan.FromSeconds(1) } },
            route with { Retry = route.Retry with { Statuses = [503] } },
            route with { Hedge = new RouteHedge() },
            route with { Bulkhead = new RouteBulkhead { Queue = 1 } },
            route with { Fallback = new RouteFallback { Service = "X" } },
        ];
        changed.ShouldAllBe(other => !RouteBook.SameContent(route, other));
    }

    [Fact]
    public void The_state_survives_its_json()
    {
        var book = Empty.Replace([Full(), Route("a")], RouteSource.File, RouteCondition.None).Next;

        var read = new RouteBook(JsonSerializer.Deserialize<RouteListing>(JsonSerializer.Serialize(book.Listing))!);

        read.Version.ShouldBe(1);
        read.Listing.Changed.ShouldBe(["a", "full"]);
        read.Find("full")!.Source.ShouldBe(RouteSource.File);
        RouteBook.SameContent(read.Find("full")!.Document, Full()).ShouldBeTrue();
        read.Replace([Full(), Route("a")], RouteSource.File, RouteCondition.None).Answer.Outcome.ShouldBe(RouteOutcome.Unchanged);
    }

    [Fact]
    public void A_book_read_again_decides_as_the_one_that_was_written()
    {
        var command = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 3], Gen.Enum<RouteSource>());
        command.Array[0, 30].Sample(commands =>
        {
            var book = Empty;
            foreach (var (id, path, kind, source) in commands)
            {
                var reread = new RouteBook(book.Listing);
                var before = book;
                var route = Route($"r{id}", $"/p{path}");
                RouteOutcome outcome;
                RouteOutcome again;
                (book, outcome, again) = kind switch
                {
                    0 => Of(book.Delete(route.Id, RouteCondition.None), reread.Delete(route.Id, RouteCondition.None)),
                    1 => Of(book.Replace([route], source, RouteCondition.None), reread.Replace([route], source, RouteCondition.None)),
                    _ => Of(book.Put(route, RouteCondition.None), reread.Put(route, RouteCondition.None)),
                };
                again.ShouldBe(outcome);
                book.Version.ShouldBe(ReferenceEquals(book, before) ? before.Version : before.Version + 1);
                var routes = book.Listing.Routes.Select(entry => entry.Document).ToArray();
                RouteValidation.CheckSet(routes).ShouldBeEmpty();
                var applied = before.Listing.Routes.ToDictionary(entry => entry.Document.Id, entry => entry.Document);
                foreach (var change in ReferenceEquals(book, before) ? [] : book.Changes)
                {
                    applied.Remove(change.Key);
                    if (change.Value is RouteDocument document)
                    {
                        applied.Add(change.Key, document);
                    }
                }

                applied.Values.ShouldBe(routes, ignoreOrder: true);
            }
        }, iter: 1000);

        static (RouteBook, RouteOutcome, RouteOutcome) Of((RouteBook Next, object Answer) left, (RouteBook Next, object Answer) right) =>
            (left.Next, OutcomeOf(left.Answer), OutcomeOf(right.Answer));

        static RouteOutcome OutcomeOf(object answer) =>
            answer is RouteWrite write ? write.Outcome : ((RouteReplacement)answer).Outcome;
    }
}
