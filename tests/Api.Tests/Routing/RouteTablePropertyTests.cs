using System.Collections.Immutable;
using CsCheck;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Api.Tests.Routing;

/// <summary>The trie finds what a linear search through all routes, ordered by the documented precedence, finds.</summary>
public sealed class RouteTablePropertyTests
{
    private static readonly Gen<string> Segment = OneOf("a", "b", "c", "{x}", "{y}");

    private static readonly Gen<string> Path = Gen.Select(Segment.Array[0, 4], Gen.Bool)
        .Where((segments, _) => segments.Count(segment => segment == "{x}") < 2 && segments.Count(segment => segment == "{y}") < 2)
        .Select((segments, open) => "/" + string.Join('/', open ? [.. segments, "{**rest}"] : segments));

    private static readonly Gen<ImmutableArray<string>> Hosts =
        Some("h.org", "a.h.org", "*.h.org", "*.a.h.org", "*.org");

    private static readonly Gen<ValueMatch> Condition = Gen.Select(OneOf("p", "q"), Some("1", "2"))
        .Select((name, values) => new ValueMatch { Name = name, Values = values });

    private static readonly Gen<RouteMatch> Match =
        Gen.Select(Path, Hosts, Some("GET", "HEAD", "POST"), Condition.Array[0, 1], Condition.Array[0, 1])
            .Select((path, hosts, methods, headers, query) => new RouteMatch
            {
                Path = path,
                Hosts = hosts,
                Methods = methods,
                Headers = [.. headers],
                Query = [.. query],
            });

    private static readonly Gen<RouteDocument[]> Routes = Match.Array[0, 25].Select(matches => matches
        .Select((match, i) => new RouteDocument { Id = $"r{i:00}", Match = match, To = new RouteTarget { Service = "S" } })
        .ToArray());

    private static readonly Gen<HttpRequest> Request = Gen.Select(
            OneOf("GET", "HEAD", "POST", "PUT"),
            OneOf("", "h.org", "a.h.org:81", "b.a.h.org", "x.org", "A.H.ORG."),
            OneOf("a", "b", "c", "d", "").Array[0, 5],
            OneOf("", "1", "2"),
            OneOf("", "?p=1", "?q=2", "?p=2&q=1"))
        .Select((method, host, segments, header, query) => Requests.Of(
            $"{method} {host}/{string.Join('/', segments)}{query}",
            header.Length == 0 ? [] : [("P", header), ("q", "1")]));

    [Fact]
    public void Match_finds_what_a_linear_search_finds() =>
        Gen.Select(Routes, Request.Array[20]).Sample(
            (routes, requests) =>
            {
                var table = RouteTable.Of(new ViewVersion(1, 1), routes);
                foreach (var request in requests)
                {
                    table.Match(request)?.Id.ShouldBe(Reference(routes, request), Describe(request));
                    (table.Match(request) is null).ShouldBe(Reference(routes, request) is null, Describe(request));
                }
            },
            iter: 2_000);

    [Fact]
    public void A_table_changed_step_by_step_matches_as_one_made_at_once() =>
        Gen.Select(Routes, Gen.Select(Gen.Int[0, 24], Match, Gen.Bool).Array[0, 30], Request.Array[10]).Sample(
            (routes, changes, requests) =>
            {
                var projection = new RouteTableProjection(NullLogger<RouteTableProjection>.Instance);
                var table = RouteTable.Of(new ViewVersion(1, 1), routes);
                var documents = routes.ToDictionary(route => route.Id);
                foreach (var (number, match, removed) in changes)
                {
                    var id = $"r{number:00}";
                    var document = new RouteDocument { Id = id, Match = match, To = new RouteTarget { Service = "S" } };
                    documents.Remove(id);
                    if (!removed)
                    {
                        documents.Add(id, document);
                    }

                    table = projection.Apply(
                        table, [new ViewChange(id, removed ? null : document)], replace: false, new ViewVersion(1, table.Version.Sequence + 1));
                }

                table.Routes.Keys.ShouldBe(documents.Keys, ignoreOrder: true);
                foreach (var request in requests)
                {
                    table.Match(request)?.Id.ShouldBe(Reference([.. documents.Values], request), Describe(request));
                    (table.Match(request) is null).ShouldBe(Reference([.. documents.Values], request) is null, Describe(request));
                }
            },
            iter: 1_000);

    private static string Describe(HttpRequest request) => $"{request.Method} {request.Host}{request.Path}{request.QueryString}";

    private static string? Reference(RouteDocument[] routes, HttpRequest request) => routes
        .Where(route => Takes(route.Match, request))
        .OrderBy(route => PathRank(route.Match.Path), StringComparer.Ordinal)
        .ThenByDescending(route => HostRank(route.Match.Hosts, request))
        .ThenByDescending(route => route.Match.Headers.Length + route.Match.Query.Length)
        .ThenByDescending(route => MethodRank(route.Match.Methods, request.Method))
        .ThenBy(route => route.Id, StringComparer.Ordinal)
        .FirstOrDefault()?.Id;

    // A digit a segment: the end of the path 0, a literal 1, a parameter 2, the rest 3; compared from the left.
    private static string PathRank(string path) =>
        string.Concat(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(segment => segment switch
        {
            "{**rest}" => '3',
            ['{', ..] => '2',
            _ => '1',
        })) + "0";

    private static int HostRank(ImmutableArray<string> hosts, HttpRequest request) =>
        hosts.IsEmpty ? 0 : hosts.Where(host => TakesHost(host, request)).Max(host => host[0] == '*' ? host.Length : 1000);

    private static int MethodRank(ImmutableArray<string> methods, string method)
    {
        if (methods.IsEmpty)
        {
            return 1;
        }

        return methods.Contains(method) ? 3 : 2;
    }

    private static bool Takes(RouteMatch match, HttpRequest request) =>
        TakesPath(match.Path, request.Path.Value!)
        && (match.Hosts.IsEmpty || match.Hosts.Any(host => TakesHost(host, request)))
        && (match.Methods.IsEmpty
            || match.Methods.Contains(request.Method)
            || (request.Method == "HEAD" && match.Methods.Contains("GET")))
        && match.Headers.All(condition => Holds(condition, [.. request.Headers[condition.Name].OfType<string>()]))
        && match.Query.All(condition => Holds(condition, [.. request.Query[condition.Name].OfType<string>()]));

    private static bool Holds(ValueMatch condition, string[] values) =>
        values.Length > 0 && (condition.Values.IsEmpty || condition.Values.Intersect(values).Any());

    private static bool TakesHost(string host, HttpRequest request)
    {
        var name = request.Host.Host.TrimEnd('.').ToLowerInvariant();
        return host[0] == '*' ? name.EndsWith(host[1..], StringComparison.Ordinal) : name == host;
    }

    private static bool TakesPath(string pattern, string path)
    {
        var wanted = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var open = wanted is [.., "{**rest}"];
        var fixedPart = open ? wanted[..^1] : wanted;
        var given = (path.EndsWith('/') ? path[..^1] : path).Split('/')[1..];
        if (path == "/")
        {
            given = [];
        }

        return (open ? given.Length >= fixedPart.Length : given.Length == fixedPart.Length)
            && fixedPart.Zip(given).All(pair => pair.First[0] == '{' ? pair.Second.Length > 0 : pair.First == pair.Second);
    }

    private static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static Gen<ImmutableArray<string>> Some(params string[] from) => Gen.OneOf(
        Gen.Const(ImmutableArray<string>.Empty),
        OneOf(from).Array[1, 2].Select(items => items.Distinct().ToImmutableArray()));
}
