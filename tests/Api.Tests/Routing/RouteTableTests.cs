using System.Collections.Immutable;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly ViewVersion Version = new(1, 1);

    [Theory]
    // The path: per segment, from left to right, literal before parameter before rest.
    [InlineData("GET /a/b", "/a/b", "/a/{x}", "/{x}/b", "/{**r}")]
    [InlineData("GET /a/c", "/a/{x}", "/{x}/c", "/a/{**r}")]
    [InlineData("GET /b/c", "/{x}/c", "/b/{x}/d", "/{x}/{y}")]
    [InlineData("GET /a/b/c", "/a/{**r}", "/{x}/b/c", "/a/b")]
    [InlineData("GET /a/b/c/d", "/a/{x}/c/d", "/a/b/c", "/a/b/{x}/e", "/{**r}")]
    // What ends here is more specific than a rest that is empty.
    [InlineData("GET /a", "/a", "/a/{**r}", "/{x}")]
    [InlineData("GET /a", "/a/{**r}", "/{x}", "/{**r}")]
    [InlineData("GET /a/", "/a", "/a/{**r}")]
    [InlineData("GET /", "/", "/{**r}", "/{x}")]
    [InlineData("GET /", "/{**r}", "/{x}", "/a")]
    // Empty segments are neither literals nor parameters.
    [InlineData("GET /a//b", "/a/{**r}", "/a/b", "/a/{x}/b", "/a/{x}")]
    [InlineData("GET //", "/{**r}", "/", "/{x}")]
    // Case counts; the path is matched decoded.
    [InlineData("GET /A", "/{x}", "/a")]
    [InlineData("GET /bü cher", "/bü cher", "/{x}")]
    public void Match_takes_the_most_specific_path(string request, string expected, params string[] others) =>
        Match(request, [.. others.Append(expected).Order(StringComparer.Ordinal).Select(path => Route(path, path))]).ShouldBe(expected);

    [Theory]
    [InlineData("GET /b", "/a", "/a/b", "/b/{x}")]
    [InlineData("GET /a/b", "/a", "/{x}")]
    [InlineData("GET /a//", "/a", "/a/{x}")]
    public void Match_without_a_path_finds_nothing(string request, params string[] paths) =>
        Match(request, [.. paths.Select(path => Route(path, path))]).ShouldBeNull();

    [Theory]
    [InlineData("a.b.example.org", "exact")]
    [InlineData("A.B.EXAMPLE.ORG:8080", "exact")]
    [InlineData("a.b.example.org.", "exact")]
    [InlineData("x.b.example.org", "long")]
    [InlineData("x.y.b.example.org", "long")]
    [InlineData("b.example.org", "short")]
    [InlineData("x.example.org", "short")]
    [InlineData("example.org", "any")]
    [InlineData("xexample.org", "any")]
    [InlineData("[::1]:80", "any")]
    [InlineData("", "any")]
    public void Match_takes_the_most_specific_host(string host, string expected) =>
        Match(
            $"GET {host}/p",
            Hosted("any"),
            Hosted("short", "*.example.org"),
            Hosted("long", "other.org", "*.b.example.org"),
            Hosted("exact", "a.b.example.org")).ShouldBe(expected);

    [Fact]
    public void Match_of_a_host_that_is_too_long_takes_any() =>
        Match($"GET {string.Concat(Enumerable.Repeat("a.", 8000))}example.org/p", Hosted("any"), Hosted("wild", "*.example.org"))
            .ShouldBe("any");

    [Fact]
    public void Match_prefers_the_path_to_the_host() =>
        Match("GET a.org/x/y", Route("host", "/x/{y}") with { Match = new RouteMatch { Path = "/x/{y}", Hosts = ["a.org"] } }, Route("path", "/x/y"))
            .ShouldBe("path");

    [Theory]
    [InlineData("GET", "", "", "none")]
    [InlineData("GET", "1", "", "header")]
    [InlineData("GET", "1", "?q=1", "both")]
    [InlineData("POST", "", "", "post")]
    [InlineData("POST", "1", "", "header")]
    public void Match_takes_more_conditions_then_a_named_method(string method, string header, string query, string expected)
    {
        (string, string)[] headers = header.Length == 0 ? [] : [("X-H", header)];
        Match(
            Requests.Of($"{method} /p{query}", headers),
            Conditional("none"),
            Conditional("post", methods: ["POST"]),
            Conditional("header", headers: [Value("x-h", "1")]),
            Conditional("both", headers: [Value("X-H")], query: [Value("q", "1", "2")])).ShouldBe(expected);
    }

    [Theory]
    [InlineData("HEAD", "head")]
    [InlineData("GET", "get")]
    [InlineData("POST", "any")]
    [InlineData("get", "any")]
    public void Match_takes_a_route_of_HEAD_before_one_of_GET_before_any(string method, string expected) =>
        Match(
            $"{method} /p",
            Conditional("any"),
            Conditional("get", methods: ["GET"]),
            Conditional("head", methods: ["HEAD"])).ShouldBe(expected);

    [Fact]
    public void Match_of_HEAD_takes_a_route_of_GET()
    {
        Match("HEAD /p", Conditional("get", methods: ["GET"]), Conditional("any")).ShouldBe("get");
        Match("HEAD /p", Conditional("post", methods: ["POST"])).ShouldBeNull();
        Match("OPTIONS /p", Conditional("get", methods: ["GET"])).ShouldBeNull();
    }

    [Fact]
    public void Match_takes_the_lower_id_when_nothing_else_decides() =>
        Match("GET /p", Conditional("b", methods: ["GET", "POST"]), Conditional("a", methods: ["GET", "PUT"])).ShouldBe("a");

    [Fact]
    public void Match_falls_through_to_the_next_best_route()
    {
        RouteDocument[] routes =
        [
            Route("rest", "/{**r}"),
            Route("parameter", "/a/{x}"),
            Conditional("literal", "/a/b", headers: [Value("X-H", "1")]),
            new()
            {
                Id = "host",
                Match = new RouteMatch { Path = "/a/{y}", Hosts = ["h.org"], Methods = ["PUT"] },
                To = new RouteTarget { Service = "S" },
            },
        ];

        Match(Requests.Of("GET h.org/a/b", ("X-H", "1")), routes).ShouldBe("literal");
        Match(Requests.Of("PUT h.org/a/b", ("X-H", "2")), routes).ShouldBe("host");
        Match(Requests.Of("GET h.org/a/b"), routes).ShouldBe("parameter");
        Match(Requests.Of("GET h.org/a/b/c"), routes).ShouldBe("rest");
    }

    [Fact]
    public void Match_of_header_values_is_exact_and_takes_any_line()
    {
        var route = Conditional("h", headers: [Value("X-H", "one", "two")]);

        Match(Requests.Of("GET /p", ("x-h", "two")), route).ShouldBe("h");
        Match(Requests.Of("GET /p", ("x-h", "zero"), ("x-h", "one")), route).ShouldBe("h");
        Match(Requests.Of("GET /p", ("x-h", "One")), route).ShouldBeNull();
        Match(Requests.Of("GET /p", ("x-h", "one, two")), route).ShouldBeNull();
        Match(Requests.Of("GET /p", ("x-g", "one")), route).ShouldBeNull();
    }

    [Theory]
    [InlineData("?a=1", true)]
    [InlineData("?x=2&a=1", true)]
    [InlineData("?a=2&a=1", true)]
    [InlineData("?%61=%31", true)]
    [InlineData("?a=1+", false)]
    [InlineData("?A=1", false)]
    [InlineData("?a=", false)]
    [InlineData("?a", false)]
    [InlineData("?", false)]
    [InlineData("", false)]
    [InlineData("?%zz=%&=&&a=1", true)]
    public void Match_of_query_values_is_exact_after_decoding(string query, bool matches) =>
        Match($"GET /p{query}", Conditional("q", query: [Value("a", "1")])).ShouldBe(matches ? "q" : null);

    [Fact]
    public void Match_allocates_nothing()
    {
        var table = RouteTable.Of(Version,
        [
            .. Enumerable.Range(0, 1000).Select(i => Route($"r{i}", $"/svc{i}/{{id}}/items/{{**rest}}")),
            Conditional("cond", "/svc7/{id}/items", ["PUT"], [Value("X-H", "1")], [Value("q", "2")]),
            Hosted("wild", "*.example.org"),
        ]);
        HttpRequest[] requests =
        [
            Requests.Of("GET a.example.org:80/svc7/1/items/2/3?q=1"),
            Requests.Of("PUT a.example.org:80/svc7/1/items?x=1&q=2", ("X-H", "1")),
            Requests.Of("GET a.b.example.org:8080/p"),
            Requests.Of("GET /nothing/here"),
        ];
        string?[] ids = ["r7", "cond", "wild", null];
        requests.Select(request => table.Match(request)?.Id).ShouldBe(ids);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            foreach (var request in requests)
            {
                table.Match(request);
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Empty_matches_nothing() => RouteTable.Empty.Match(Requests.Of("GET /")).ShouldBeNull();

    private static string? Match(string request, params RouteDocument[] routes) => Match(Requests.Of(request), routes);

    private static string? Match(HttpRequest request, params RouteDocument[] routes)
    {
        var found = RouteTable.Of(Version, routes).Match(request)?.Id;
        RouteTable.Of(Version, routes.Reverse()).Match(request)?.Id.ShouldBe(found);
        return found;
    }

    private static RouteDocument Route(string id, string path) =>
        new() { Id = id, Match = new RouteMatch { Path = path }, To = new RouteTarget { Service = "S" } };

    private static RouteDocument Hosted(string id, params string[] hosts) =>
        Route(id, "/p") with { Match = new RouteMatch { Path = "/p", Hosts = [.. hosts] } };

    private static ValueMatch Value(string name, params string[] values) => new() { Name = name, Values = [.. values] };

    private static RouteDocument Conditional(
        string id,
        string path = "/p",
        ImmutableArray<string>? methods = null,
        ImmutableArray<ValueMatch>? headers = null,
        ImmutableArray<ValueMatch>? query = null) =>
        Route(id, path) with
        {
            Match = new RouteMatch { Path = path, Methods = methods ?? [], Headers = headers ?? [], Query = query ?? [] },
        };
}
