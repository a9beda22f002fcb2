using BenchmarkDotNet.Attributes;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Benchmarks;

/// <summary>
/// What it costs to find a request's route among few and among many. The requests are the same for all tables (they go
/// to the first ten routes), so that the tables differ in nothing but the number of their routes;
/// <see cref="MatchSpread"/> goes round 20,000 requests to all routes instead, and so pays for the processor's caches too.
/// </summary>
[MemoryDiagnoser]
public class MatchingBenchmark
{
    private const int Requests = 10;
    private const int Spread = 20_000;

    private readonly RouteTableProjection projection = new(NullLogger<RouteTableProjection>.Instance);
    private RouteTable table = RouteTable.Empty;
    private RouteDocument[] documents = [];
    private HttpRequest[] same = [];
    private HttpRequest[] spread = [];
    private int next;

    /// <summary>The number of routes.</summary>
    [Params(10, 1_000, 10_000, 20_000)]
    public int Routes { get; set; }

    /// <summary>Makes the table and the requests.</summary>
    [GlobalSetup]
    public void Setup()
    {
        documents = [.. Enumerable.Range(0, Routes).Select(Route)];
        table = RouteTable.Of(new ViewVersion(1, 1), documents);
        same = [.. Enumerable.Range(0, Requests).Select(Request)];
        spread = [.. Enumerable.Range(0, Spread).Select(i => Request(i % Routes))];
        // In another order, so that neighbours in memory are not asked for one after another.
        spread = [.. spread.OrderBy(request => string.Concat(request.Path.Value!.Reverse()), StringComparer.Ordinal)];
        if (spread.Any(request => table.Match(request) is null))
        {
            throw new InvalidOperationException("A request finds no route.");
        }
    }

    /// <summary>The same requests, however many routes there are.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public int Match()
    {
        var found = 0;
        foreach (var request in same)
        {
            found += table.Match(request) is null ? 0 : 1;
        }

        return found;
    }

    /// <summary>Ten requests to routes all over the table, other ones each time.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public int MatchSpread()
    {
        var found = 0;
        for (var i = 0; i < Requests; i++)
        {
            found += table.Match(spread[next]) is null ? 0 : 1;
            next = next + 1 == spread.Length ? 0 : next + 1;
        }

        return found;
    }

    /// <summary>Applies a change of one route.</summary>
    [Benchmark]
    public RouteTable ApplyOneChange() =>
        projection.Apply(table, [new ViewChange(documents[0].Id, documents[0])], replace: false, new ViewVersion(1, 2));

    /// <summary>Makes the whole table, as a front door does when it starts.</summary>
    [Benchmark]
    public RouteTable Build() => RouteTable.Of(new ViewVersion(1, 1), documents);

    private static RouteDocument Route(int i) => new()
    {
        Id = $"route-{i}",
        Match = new RouteMatch
        {
            Path = i % 2 == 0 ? $"/api/service-{i}/{{id}}/items/{{**rest}}" : $"/service-{i}/{{**rest}}",
            Hosts = i % 5 == 0 ? [$"tenant-{i}.example.org", "*.example.com"] : [],
            Methods = i % 3 == 0 ? ["GET", "POST"] : [],
        },
        To = new RouteTarget { Service = $"SERVICE-{i}" },
    };

    private static HttpRequest Request(int i)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "GET";
        request.Host = new HostString(i % 5 == 0 ? $"tenant-{i}.example.org:8080" : "api.example.com");
        request.Path = i % 2 == 0 ? $"/api/service-{i}/4711/items/a/b" : $"/service-{i}/books/4711";
        return request;
    }
}
