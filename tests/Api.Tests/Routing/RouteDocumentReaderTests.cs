using System.Text;
using System.Text.Json;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Tests.Routing;

public sealed class RouteDocumentReaderTests
{
    private const string Yaml = """
        routes:
          - id: books
            match:
              hosts: [api.example.org, "*.example.com"]
              path: "/books/{**rest}"
              methods: [GET, POST]
              headers:
                - { name: X-Tenant, values: [a, 7, true] }
              query:
                - name: preview
            to:
              split:
                - { service: BOOKS, weight: 90 }
                - { service: BOOKS-NEXT, weight: 10 }
            rewrite:
              removePrefix: /books
              addPrefix: ""
              setHeaders: { X-Version: 2 }
              removeHeaders: [Cookie]
            balance: power-of-two
            timeout: 250ms
        """;

    private const string Json = """
        [{"id":"books","match":{"hosts":["api.example.org","*.example.com"],"path":"/books/{**rest}","methods":["GET","POST"],
          "headers":[{"name":"X-Tenant","values":["a","7","true"]}],"query":[{"name":"preview"}]},
          "to":{"service":null,"split":[{"service":"BOOKS","weight":90},{"service":"BOOKS-NEXT","weight":10}]},
          "rewrite":{"removePrefix":"/books","addPrefix":"","setHeaders":{"X-Version":"2"},"removeHeaders":["Cookie"]},
          "balance":"power-of-two","timeout":"250ms"}]
        """;

    [Fact]
    public void ReadSet_reads_every_field_of_both_formats()
    {
        var yaml = ReadSet(Yaml, DocumentFormat.Yaml);
        var json = ReadSet(Json, DocumentFormat.Json);

        yaml.Errors.ShouldBeEmpty();
        json.Errors.ShouldBeEmpty();
        var route = yaml.Routes.ShouldHaveSingleItem();
        JsonSerializer.Serialize(route).ShouldBe(JsonSerializer.Serialize(json.Routes[0]));
        route.Id.ShouldBe("books");
        route.Match.Hosts.ShouldBe(["api.example.org", "*.example.com"]);
        route.Match.Path.ShouldBe("/books/{**rest}");
        route.Match.Methods.ShouldBe(["GET", "POST"]);
        route.Match.Headers.ShouldHaveSingleItem().Values.ShouldBe(["a", "7", "true"]);
        route.Match.Query.ShouldHaveSingleItem().Name.ShouldBe("preview");
        route.To.Split.Select(side => (side.Service, side.Weight)).ShouldBe([("BOOKS", 90), ("BOOKS-NEXT", 10)]);
        (route.Rewrite.RemovePrefix, route.Rewrite.AddPrefix).ShouldBe(("/books", ""));
        route.Rewrite.SetHeaders["X-Version"].ShouldBe("2");
        route.Rewrite.RemoveHeaders.ShouldBe(["Cookie"]);
        route.Balance.ShouldBe(BalanceRule.PowerOfTwo);
        route.Timeout.ShouldBe(TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public void ReadRoute_takes_what_is_not_written_by_default()
    {
        var route = Read("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"}}""").Routes.ShouldHaveSingleItem();

        (route.Balance, route.Timeout).ShouldBe((BalanceRule.RoundRobin, TimeSpan.FromSeconds(10)));
        route.Match.Methods.ShouldBeEmpty();
        route.Rewrite.SetHeaders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("250ms", 250)]
    [InlineData("1m", 60_000)]
    [InlineData("1h", 3_600_000)]
    public void ReadRoute_reads_durations(string text, int milliseconds) =>
        Read($$"""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"timeout":"{{text}}"}""")
            .Routes[0].Timeout.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("[]", "", "must be a map of fields, not a list")]
    [InlineData("7", "", "must be a map of fields, not '7'")]
    [InlineData("""{"match":{"path":"/a"},"to":{"service":"A"}}""", "id", "is required")]
    [InlineData("""{"id":"a","to":{"service":"A"}}""", "match", "is required")]
    [InlineData("""{"id":"a","match":{},"to":{"service":"A"}}""", "match.path", "is required")]
    [InlineData("""{"id":"a","match":{"path":"/a"}}""", "to", "is required")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{}}""", "to", "exactly one")]
    [InlineData("""{"id":7,"match":{"path":"/a"},"to":{"service":"A"}}""", "id", "must be a text, not '7'")]
    [InlineData("""{"id":"a","match":{"path":["/a"]},"to":{"service":"A"}}""", "match.path", "must be a text, not a list")]
    [InlineData("""{"id":"a","match":{"path":"/a","hosts":"x.org"},"to":{"service":"A"}}""", "match.hosts", "must be a list, not 'x.org'")]
    [InlineData("""{"id":"a","match":{"path":"/a","hosts":[{}]},"to":{"service":"A"}}""", "match.hosts[0]", "must be a text, not a map")]
    [InlineData("""{"id":"a","match":{"path":"/a","hosts":[null]},"to":{"service":"A"}}""", "match.hosts[0]", "must be a text, not null")]
    [InlineData("""{"id":"a","match":{"path":"/a","headers":[{"values":[]}]},"to":{"service":"A"}}""", "match.headers[0].name", "is required")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"split":[{"service":"A","weight":"9"}]}}""", "to.split[0].weight", "must be a whole number, not '9'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"split":[{"service":"A","weight":1.5}]}}""", "to.split[0].weight", "must be a whole number, not '1.5'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"split":[{"service":"A","weight":99999999999}]}}""", "to.split[0].weight", "must be a whole number")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"rewrite":[]}""", "rewrite", "must be a map of fields, not a list")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"rewrite":{"setHeaders":{"X-A":7}}}""", "rewrite.setHeaders.X-A", "must be a text, not '7'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"balance":"robin"}""", "balance", "must be one of round-robin, random, least-requests")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"balance":1}""", "balance", "must be a text, not '1'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"timeout":"10"}""", "timeout", "must be a duration such as 10s")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"timeout":10}""", "timeout", "must be a text, not '10'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"timeout":"2h"}""", "timeout", "1ms to 1h")]
    [InlineData("""{"id":"a","match":{"path":"a"},"to":{"service":"A"}}""", "match.path", "must start with '/'")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"retries":3}""", "retries", "is not a known field")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"time_out":"1s"}""", "time_out", "did you mean 'timeout'?")]
    [InlineData("""{"id":"a","match":{"path":"/a","method":["GET"]},"to":{"service":"A"}}""", "match.method", "did you mean 'methods'?")]
    [InlineData("""{"id":"a","match":{"path":"/a"},"to":{"service":"A"},"rewrite":{"remove-prefix":"/a"}}""", "rewrite.remove-prefix", "did you mean 'removePrefix'?")]
    public void ReadRoute_names_the_field_that_is_wrong(string json, string path, string message)
    {
        var error = Read(json).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void ReadRoute_takes_the_id_of_the_address()
    {
        var document = """{"match":{"path":"/a"},"to":{"service":"A"}}"""u8;
        RouteDocumentReader.ReadRoute(document, DocumentFormat.Json, "mine").Routes[0].Id.ShouldBe("mine");
        var other = """{"id":"x","match":{"path":"/a"},"to":{"service":"A"}}"""u8;
        RouteDocumentReader.ReadRoute(other, DocumentFormat.Json, "mine").Errors.ShouldHaveSingleItem()
            .ShouldBe(new RouteError("id", "must be 'mine', as in the address, or left out"));
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("{}x", "is not valid JSON")]
    [InlineData("[1,]", "is not valid JSON")]
    [InlineData("// comment", "is not valid JSON")]
    [InlineData("""{"id":"a","id":"b"}""", "has the field 'id' twice")]
    [InlineData("""{"id":"\ud800"}""", "is not valid Unicode")]
    public void ReadRoute_of_what_is_not_JSON_says_so(string json, string message)
    {
        var error = Read(json).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("");
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void ReadRoute_of_JSON_nested_too_deep_says_so() =>
        Read(new string('[', 100_000)).Errors.ShouldHaveSingleItem().Message.ShouldContain("is not valid JSON");

    [Theory]
    [InlineData("a: [", 2, "is not valid YAML")]
    [InlineData("a: b: c", 1, "is not valid YAML")]
    [InlineData("routes: []\n---\nroutes: []", 2, "second document")]
    [InlineData("routes: []\nroutes: []", 2, "has the field 'routes' twice")]
    [InlineData("routes:\n  - !!int 7", 2, "tags are not read")]
    [InlineData("routes:\n  - *nothing", 2, "alias '*nothing' of nothing before it")]
    [InlineData("routes: &all\n  - *all", 2, "alias '*all' of nothing before it")]
    [InlineData("? [a]\n: b", 1, "not a text")]
    [InlineData("", 0, "must be a list of routes, not null")]
    [InlineData("routes:", 1, "must be a list of routes, not null")]
    [InlineData("routes: {}", 1, "must be a list of routes, not a map")]
    [InlineData("route: []", 1, "did you mean 'routes'?")]
    [InlineData("routes:\n  - id: a\n    match:\n      path: a\n    to: { service: A }", 4, "must start with '/'")]
    [InlineData("- id: a\n  match:\n    path: /a\n  to: { servce: A }", 4, "did you mean 'service'?")]
    public void ReadSet_of_wrong_YAML_names_the_line(string yaml, int line, string message)
    {
        var reading = ReadSet(yaml, DocumentFormat.Yaml);

        var error = reading.Errors[0];
        error.Message.ShouldContain(message);
        reading.LineOf(error.Path).ShouldBe(line);
    }

    [Fact]
    public void ReadSet_of_a_bomb_of_aliases_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 20; i++)
        {
            bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        ReadSet(bomb.ToString(), DocumentFormat.Yaml).Errors.ShouldHaveSingleItem().Message.ShouldContain("more than 2000000 values");
    }

    [Fact]
    public void ReadSet_of_YAML_nested_too_deep_is_refused() =>
        ReadSet(new string('[', 100_000), DocumentFormat.Yaml).Errors.ShouldHaveSingleItem().Message.ShouldContain("nested deeper");

    [Fact]
    public void ReadSet_reads_aliases() =>
        ReadSet(
            """
            - { id: a, match: { path: /a }, to: &to { service: A } }
            - { id: b, match: { path: /b }, to: *to }
            """,
            DocumentFormat.Yaml).Routes.Select(route => route.To.Service).ShouldBe(["A", "A"]);

    [Fact]
    public void ReadSet_finds_all_problems_at_once()
    {
        var errors = ReadSet(
            """
            - { id: a, match: { path: a, host: x }, to: { service: A } }
            - { id: b, match: { path: b }, to: { service: A } }
            - { id: b, match: { path: /c }, to: { service: A } }
            """,
            DocumentFormat.Yaml).Errors;

        errors.Select(error => error.Path).ShouldBe(["routes[0].match.host", "routes[1].match.path", "routes[2].id"]);
    }

    [Fact]
    public void ReadAny_tells_a_route_from_a_set()
    {
        RouteDocumentReader.ReadAny("""{"id":"a"}"""u8, DocumentFormat.Json).IsSet.ShouldBeFalse();
        RouteDocumentReader.ReadAny("""{"routes":[]}"""u8, DocumentFormat.Json).IsSet.ShouldBeTrue();
        RouteDocumentReader.ReadAny("[]"u8, DocumentFormat.Json).IsSet.ShouldBeTrue();
    }

    [Theory]
    [InlineData(DocumentFormat.Json)]
    [InlineData(DocumentFormat.Yaml)]
    internal void What_is_written_reads_the_same(DocumentFormat format)
    {
        var routes = ReadSet(Yaml, DocumentFormat.Yaml).Routes.Add(new RouteDocument
        {
            Id = "true",
            Match = new RouteMatch
            {
                Path = "/a: b, é/{x}",
                Headers = [new ValueMatch { Name = "X", Values = ["null", "~", "", "10", "a\"b", "'", "- x", " y ", "💥"] }],
            },
            To = new RouteTarget { Service = "NO" },
            Timeout = TimeSpan.FromMilliseconds(90_001),
        });

        var set = RouteDocumentReader.ReadSet(RouteDocumentWriter.WriteSet(routes, format).Span, format);
        set.Errors.ShouldBeEmpty();
        JsonSerializer.Serialize(set.Routes).ShouldBe(JsonSerializer.Serialize(routes));
        var single = RouteDocumentReader.ReadRoute(RouteDocumentWriter.WriteRoute(routes[0], format).Span, format);
        JsonSerializer.Serialize(single.Routes[0]).ShouldBe(JsonSerializer.Serialize(routes[0]));
        RouteDocumentReader.ReadSet(RouteDocumentWriter.WriteSet([], format).Span, format).Errors.ShouldBeEmpty();
    }

    private static RouteReading Read(string json) => RouteDocumentReader.ReadRoute(Encoding.UTF8.GetBytes(json), DocumentFormat.Json);

    private static RouteReading ReadSet(string text, DocumentFormat format) =>
        RouteDocumentReader.ReadSet(Encoding.UTF8.GetBytes(text), format);
}
