using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Tests.Lending;

namespace Gatehouse.Api.Tests.Modules;

/// <summary>A module is a service like others: in the registry, behind routes and their policies, and nowhere else.</summary>
[Collection(SharedLending.Name)]
public sealed class ModuleTests(LendingHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_hasTheModule() => await Until.Holds(async () =>
    {
        var service = await host.Management.GetAsync(new Uri("/registry/v1/services/LENDING", UriKind.Relative), Cancel);
        return service.IsSuccessStatusCode && (await service.Content.ReadAsStringAsync(Cancel)).Contains("\"module\":\"lending\"", StringComparison.Ordinal);
    });

    [Fact]
    public async Task Management_doesNotServeTheModule()
    {
        using var response = await host.Management.GetAsync(new Uri("/lending/books", UriKind.Relative), Cancel);

        ((int)response.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Route_ofAnotherPath_reachesTheModuleAndIsWhatItsLinksNameForThisClient()
    {
        var book = await host.AddBook("Elsewhere");
        await Put("library", new { match = new { path = "/town/library/{**rest}" }, to = new { service = "lending" }, rewrite = new { removePrefix = "/town/library" }, auth = "optional" });

        var loan = await host.Member(LendingHost.NewMember(), HttpMethod.Post, "/town/library/loans", new { book }, LendingHost.NewKey());

        loan.Status.ShouldBe(201);
        loan.Location.ShouldStartWith("/town/library/loans/");
    }

    [Fact]
    public async Task Route_explicit_overridesTheDefaultOne()
    {
        await Put("closed", new { match = new { path = "/lending/closed/{**rest}" }, to = new { service = "NOBODY" }, auth = "anonymous" });

        (await host.Anybody("/lending/closed/books")).Problem.ShouldBe("no-instance");
        (await host.Anybody("/lending/books")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Cache_ofARoute_keepsWhatTheModuleAnswers()
    {
        await Put("cached-library", new
        {
            match = new { path = "/cached/library/{**rest}" },
            to = new { service = "lending" },
            rewrite = new { removePrefix = "/cached/library" },
            auth = "optional",
            cache = new { ttl = "1m" },
        });

        using var first = await host.Public.GetAsync(new Uri("/cached/library/books", UriKind.Relative), Cancel);
        using var second = await host.Public.GetAsync(new Uri("/cached/library/books", UriKind.Relative), Cancel);

        first.Headers.GetValues("Cache-Status").Single().ShouldBe("gatehouse; fwd=uri-miss; stored");
        second.Headers.GetValues("Cache-Status").Single().ShouldStartWith("gatehouse; hit");
        (await second.Content.ReadAsStringAsync(Cancel)).ShouldBe(await first.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task OpenApi_hasTheModulesEndpoints()
    {
        var document = await host.Management.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancel);

        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ShouldContain("/lending/books/{id}");
    }

    [Fact]
    public async Task OpenApi_tellsWhatTheEndpointsTakeAndWhatTheModuleIs()
    {
        var document = await host.Management.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancel);
        JsonElement Operation(string path, string method) => document.GetProperty("paths").GetProperty(path).GetProperty(method);
        static string[] Parameters(JsonElement operation) => [.. operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!)];

        Parameters(Operation("/lending/books", "get")).ShouldBe(["q", "after", "limit"]);
        Parameters(Operation("/lending/loans", "post")).ShouldBe(["Idempotency-Key"]);
        Operation("/lending/loans", "post").GetProperty("requestBody").ValueKind.ShouldBe(JsonValueKind.Object);
        Operation("/lending/loans", "post").GetProperty("tags")[0].GetString().ShouldBe("lending");
        var tag = document.GetProperty("tags").EnumerateArray().Single(tag => tag.GetProperty("name").GetString() == "lending");
        tag.GetProperty("description").GetString().ShouldStartWith("A library");
    }

    private async Task Put(string id, object route)
    {
        using var response = await host.Management.PutAsJsonAsync(new Uri($"/admin/v1/routes/{id}", UriKind.Relative), route, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
    }
}
