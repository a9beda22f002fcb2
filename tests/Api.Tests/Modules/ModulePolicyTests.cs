using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Tests.Lending;

namespace Gatehouse.Api.Tests.Modules;

/// <summary>What a route can ask for holds for a module as for an HTTP service, and what is told of services is told of it.</summary>
[Collection(SharedLending.Name)]
public sealed class ModulePolicyTests(LendingHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Auth_ofTheRoute_refusesBeforeTheModule()
    {
        await Put("module-auth", "/guarded", new { auth = new { roles = new[] { "librarian" } } });

        (await host.Anybody("/guarded/books")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Limit_ofTheRoute_isKept()
    {
        await Put("module-limit", "/limited", new { auth = "anonymous", limit = new { permits = 2, per = "1m", by = "route", algorithm = "sliding-window" } });

        await host.Anybody("/limited/books?limit=1");
        await host.Anybody("/limited/books?limit=1");

        (await host.Anybody("/limited/books?limit=1")).Problem.ShouldBe("rate-limited");
    }

    [Fact]
    public async Task Maintenance_andTooLargeABody_areRefused()
    {
        await Put("module-away", "/away", new { auth = "anonymous", maintenance = new { message = "Taking stock" } });
        await Put("module-size", "/small", new { auth = "optional", request = new { body = "64B" } });

        (await host.Anybody("/away/books")).Status.ShouldBe(503);
        (await host.Librarian(HttpMethod.Post, "/small/books", new { title = new string('x', 100), language = "en" }, LendingHost.NewKey())).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Traffic_countsTheModuleAsAService() => await Until.Holds(async () =>
    {
        await host.Anybody("/lending/books?limit=1");
        var body = await host.Management.GetStringAsync(new Uri("/admin/v1/traffic?by=service&name=LENDING", UriKind.Relative), Cancel);
        return body.Contains("\"LENDING\"", StringComparison.Ordinal);
    });

    [Fact]
    public async Task Metrics_nameTheModulesRoute()
    {
        await host.Anybody("/lending/books?limit=1");

        (await host.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel)).ShouldContain("http_route=\"/lending/{**rest}\"");
    }

    [Fact]
    public async Task Trace_ofTheClient_goesThroughTheFrontDoorToTheGrain()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentQueue<(string Source, string Name)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Gatehouse" or "Microsoft.AspNetCore" or "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                {
                    spans.Enqueue((activity.Source.Name, activity.DisplayName));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/lending/books/emma", UriKind.Relative));
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");

        using var response = await host.Public.SendAsync(request, Cancel);

        ((int)response.StatusCode).ShouldBe(200);
        await Until.Holds(() => Task.FromResult(
            spans.Any(span => span.Source == "Microsoft.Orleans.Application" && span.Name.Contains("find", StringComparison.OrdinalIgnoreCase))
            && spans.Any(span => span.Name == "GET /lending/{**rest}")));
    }

    private async Task Put(string id, string prefix, object policies)
    {
        var route = JsonSerializer.SerializeToNode(policies)!.AsObject();
        route["match"] = JsonSerializer.SerializeToNode(new { path = $"{prefix}/{{**rest}}" });
        route["to"] = JsonSerializer.SerializeToNode(new { service = "lending" });
        route["rewrite"] = JsonSerializer.SerializeToNode(new { removePrefix = prefix });
        using var response = await host.Management.PutAsJsonAsync(new Uri($"/admin/v1/routes/{id}", UriKind.Relative), route, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
    }
}
