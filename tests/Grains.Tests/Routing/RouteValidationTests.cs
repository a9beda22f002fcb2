using System.Collections.Immutable;
using Gatehouse.Grains.Routing;
using static Gatehouse.Grains.Tests.Routing.Documents;

namespace Gatehouse.Grains.Tests.Routing;

public sealed class RouteValidationTests
{
    public static TheoryData<string, RouteDocument, string> Violations()
    {
        var route = Route("books");
        var data = new TheoryData<string, RouteDocument, string>();
        foreach (var id in new[] { "", "a b", "a/b", "ü", new string('a', 129) })
        {
            data.Add("id", route with { Id = id }, "1 to 128 letters");
        }

        data.Add("match.path", Matching(match => match with { Path = "books" }), "must start with '/'");
        foreach (var host in new[] { "", "a:80", "*", "*.", "a.*.b", "-a.org", "a..b", "bücher.de", "a b", "[::1]", "http://a", new string('a', 64) })
        {
            data.Add("match.hosts[0]", Matching(match => match with { Hosts = [host] }), "host name");
        }

        data.Add("match.hosts[1]", Matching(match => match with { Hosts = ["a.org", "A.org"] }), "again");
        data.Add("match.hosts", Matching(match => match with { Hosts = [.. Enumerable.Range(0, 65).Select(i => $"h{i}")] }), "more than 64");
        data.Add("match.methods[0]", Matching(match => match with { Methods = ["get"] }), "must be written GET");
        data.Add("match.methods[0]", Matching(match => match with { Methods = ["GE T"] }), "HTTP method");
        data.Add("match.methods[1]", Matching(match => match with { Methods = ["GET", "GET"] }), "again");
        data.Add("match.methods", Matching(match => match with { Methods = [.. Enumerable.Range(0, 17).Select(i => $"M{i}")] }), "more than 16");
        data.Add("match.headers[0].name", Matching(match => match with { Headers = [Value("a b")] }), "name");
        data.Add("match.headers[0].name", Matching(match => match with { Headers = [Value(":path")] }), "name");
        data.Add("match.headers[1].name", Matching(match => match with { Headers = [Value("A"), Value("a")] }), "again");
        data.Add("match.headers[0].values[1]", Matching(match => match with { Headers = [Value("a", "x", "y\r\nz")] }), "control characters");
        data.Add("match.headers[0].values[1]", Matching(match => match with { Headers = [Value("a", "x", "x")] }), "again");
        data.Add("match.headers[0].values[0]", Matching(match => match with { Headers = [Value("a", new string('x', 1025))] }), "1024");
        data.Add("match.headers", Matching(match => match with { Headers = [.. Enumerable.Range(0, 33).Select(i => Value($"h{i}"))] }), "more than 32");
        data.Add("match.query[0].name", Matching(match => match with { Query = [Value("")] }), "name");
        data.Add("match.query[1].name", Matching(match => match with { Query = [Value("q"), Value("q")] }), "again");

        data.Add("to", route with { To = new RouteTarget() }, "exactly one");
        data.Add("to", Splitting(("A", 1)) with { To = new RouteTarget { Service = "B", Split = [Side("A", 1)] } }, "exactly one");
        data.Add("to.service", route with { To = new RouteTarget { Service = "a b" } }, "service's name");
        data.Add("to.split[0].service", Splitting(("", 1)), "service's name");
        data.Add("to.split[1].service", Splitting(("A", 1), ("a", 1)), "again");
        data.Add("to.split[0].weight", Splitting(("A", -1), ("B", 1)), "0 to 1000");
        data.Add("to.split[0].weight", Splitting(("A", 1001)), "0 to 1000");
        data.Add("to.split", Splitting(("A", 0), ("B", 0)), "above 0");
        data.Add("to.split", Splitting([.. Enumerable.Range(0, 17).Select(i => ($"S{i}", 1))]), "more than 16");

        foreach (var prefix in new[] { "books", "/", "/books/", "/a//b", "/{id}", "/{**rest}", "/a?b" })
        {
            data.Add("rewrite.removePrefix", Rewriting(rewrite => rewrite with { RemovePrefix = prefix }), "whole literal segments");
            data.Add("rewrite.addPrefix", Rewriting(rewrite => rewrite with { AddPrefix = prefix }), "whole literal segments");
        }

        data.Add("rewrite.removePrefix", Rewriting(rewrite => rewrite with { RemovePrefix = "/book" }), "never the start");
        data.Add("rewrite.removePrefix", Route("a", "/a/{b}") with { Rewrite = new RouteRewrite { RemovePrefix = "/a/b/c" } }, "never the start");
        foreach (var name in new[] { "Host", "connection", "Content-Length", "Transfer-Encoding", "TE", "X-Forwarded-For", "Forwarded", "traceparent", "Upgrade" })
        {
            data.Add($"rewrite.setHeaders.{name}", Setting(name, "x"), "front door itself");
            data.Add("rewrite.removeHeaders[0]", Rewriting(rewrite => rewrite with { RemoveHeaders = [name] }), "front door itself");
        }

        data.Add("rewrite.setHeaders.a b", Setting("a b", "x"), "HTTP header");
        foreach (var value in new[] { "a\r\nEvil: 1", "a\n", "\0", " a", "a ", "é", new string('x', 4097) })
        {
            data.Add("rewrite.setHeaders.X-A", Setting("X-A", value), "visible ASCII");
        }

        data.Add(
            "rewrite.setHeaders.x-a",
            Rewriting(rewrite => rewrite with { SetHeaders = ImmutableDictionary<string, string>.Empty.Add("X-A", "1").Add("x-a", "2") }),
            "again");
        data.Add("rewrite.removeHeaders[0]", Rewriting(rewrite => rewrite with
        {
            SetHeaders = ImmutableDictionary<string, string>.Empty.Add("X-A", "1"),
            RemoveHeaders = ["x-a"],
        }), "set too");
        data.Add("rewrite.removeHeaders[1]", Rewriting(rewrite => rewrite with { RemoveHeaders = ["A", "a"] }), "again");
        data.Add("balance", route with { Balance = (BalanceRule)77 }, "balancing rules");
        data.Add("timeout", route with { Timeout = TimeSpan.Zero }, "1ms to 1h");
        data.Add("timeout", route with { Timeout = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) }, "1ms to 1h");
        return data;
    }

    [Theory]
    [MemberData(nameof(Violations), DisableDiscoveryEnumeration = true)]
    public void Check_names_the_field_that_is_wrong(string path, RouteDocument document, string message)
    {
        var error = RouteValidation.Check(document).ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void Check_of_valid_documents_finds_nothing()
    {
        RouteValidation.Check(Full()).ShouldBeEmpty();
        RouteValidation.Check(Route("a")).ShouldBeEmpty();
        RouteValidation.Check(Route("a", "/{version}/x") with { Rewrite = new RouteRewrite { RemovePrefix = "/v1/x" } }).ShouldBeEmpty();
        RouteValidation.Check(Route("a", "/{**rest}") with { Rewrite = new RouteRewrite { RemovePrefix = "/v1/x" } }).ShouldBeEmpty();
        RouteValidation.Check(Splitting(("A", 0), ("B", 1000))).ShouldBeEmpty();
    }

    [Fact]
    public void Check_finds_all_problems_at_once()
    {
        var document = Full("a b") with { Timeout = TimeSpan.Zero, To = new RouteTarget() };

        RouteValidation.Check(document).Select(error => error.Path).ShouldBe(["id", "to", "timeout"]);
    }

    [Fact]
    public void CheckSet_names_the_route_by_its_place()
    {
        var errors = RouteValidation.CheckSet([Route("a"), null, Route("b", "nope")]);

        errors.ShouldHaveSingleItem().Path.ShouldBe("routes[2].match.path");
    }

    [Fact]
    public void CheckSet_refuses_an_id_twice()
    {
        var error = RouteValidation.CheckSet([Route("a"), Route("a", "/other")]).ShouldHaveSingleItem();

        error.ShouldBe(new RouteError("routes[1].id", "'a' is the id of routes[0] already"));
    }

    public static TheoryData<RouteMatch, RouteMatch, bool> Pairs()
    {
        var match = Full().Match;
        return new TheoryData<RouteMatch, RouteMatch, bool>
        {
            { match, match with { Path = "/books/{other}/{**all}" }, true },
            { match, match with { Hosts = ["*.EXAMPLE.com", "api.example.org"] }, true },
            { match, match with { Methods = ["POST", "GET"] }, true },
            { match, match with { Methods = ["HEAD", "POST", "GET"] }, true },
            { match, match with { Headers = [Value("x-tenant", "b", "a")] }, true },
            { match, match with { Path = "/books/{id}" }, false },
            { match, match with { Hosts = ["api.example.org"] }, false },
            { match, match with { Methods = [] }, false },
            { match, match with { Headers = [Value("X-Tenant", "a")] }, false },
            { match, match with { Headers = [Value("X-Tenant", "A", "b")] }, false },
            { match, match with { Query = [Value("Preview")] }, false },
            { match, match with { Query = [] }, false },
        };
    }

    [Theory]
    [MemberData(nameof(Pairs), DisableDiscoveryEnumeration = true)]
    public void CheckSet_refuses_two_routes_that_take_the_same_requests(RouteMatch left, RouteMatch right, bool same)
    {
        var errors = RouteValidation.CheckSet([Full("one") with { Match = left }, Full("two") with { Match = right }]);

        errors.Select(error => error.ToString()).ShouldBe(same
            ? [new RouteError("routes[1].match", "of route 'two' takes exactly the same requests as that of route 'one'").ToString()]
            : []);
    }

    [Fact]
    public void CheckSet_refuses_more_routes_than_there_can_be()
    {
        var routes = Enumerable.Range(0, RouteValidation.MaxRoutes + 1).Select(i => Route($"r{i}")).ToArray();

        RouteValidation.CheckSet(routes).ShouldHaveSingleItem().Path.ShouldBe("routes");
        RouteValidation.CheckSet(routes[1..]).ShouldBeEmpty();
    }

    private static ValueMatch Value(string name, params string[] values) => new() { Name = name, Values = [.. values] };

    private static SplitTarget Side(string service, int weight) => new() { Service = service, Weight = weight };

    private static RouteDocument Matching(Func<RouteMatch, RouteMatch> change) =>
        Route("books") with { Match = change(Route("books").Match) };

    private static RouteDocument Rewriting(Func<RouteRewrite, RouteRewrite> change) =>
        Route("books") with { Rewrite = change(new RouteRewrite()) };

    private static RouteDocument Setting(string name, string value) =>
        Rewriting(rewrite => rewrite with { SetHeaders = rewrite.SetHeaders.Add(name, value) });

    private static RouteDocument Splitting(params (string Service, int Weight)[] sides) =>
        Route("books") with { To = new RouteTarget { Split = [.. sides.Select(side => Side(side.Service, side.Weight))] } };
}
