using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>Invalidation as operators ask for it, at a real front door with its grains.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class CacheApiTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"routes":["ROUTE"]}""", true)]
    [InlineData("""{"tags":["shelf-7"]}""", true)]
    [InlineData("""{"prefixes":["/ROUTE/"]}""", true)]
    [InlineData("""{"all":true}""", true)]
    [InlineData("""{"routes":["another"],"tags":["shelf-8"],"prefixes":["/other/"]}""", false)]
    public async Task Invalidate_whatItNames_isAskedForAnew(string body, bool covers)
    {
        var calls = 0;
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.Headers["Cache-Tag"] = "shelf-7";
            return context.Response.WriteAsync($"{Interlocked.Increment(ref calls)}", Cancel);
        });
        var route = await Route(upstream);
        (await host.Public.GetStringAsync($"/{route}/1", Cancel)).ShouldBe("1");
        (await host.Public.GetStringAsync($"/{route}/1", Cancel)).ShouldBe("1");

        using var answer = await Invalidate(body.Replace("ROUTE", route, StringComparison.Ordinal));

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Public.GetStringAsync($"/{route}/1", Cancel)).ShouldBe(covers ? "2" : "1");
    }

    [Theory]
    [InlineData("{}", "all")]
    [InlineData("""{"all":"yes"}""", "all")]
    [InlineData("""{"prefixes":["books"]}""", "prefixes")]
    [InlineData("""{"tags":"shelf"}""", "tags")]
    [InlineData("""{"everything":true}""", "everything")]
    public async Task Invalidate_badRequest_namesTheField(string body, string field)
    {
        using var answer = await Invalidate(body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
    }

    private async Task<string> Route(Upstream upstream)
    {
        var route = $"cached-{Guid.NewGuid():N}";
        var service = route.ToUpperInvariant();
        using var registered = await host.Management.PutAsJsonAsync($"/registry/v1/services/{service}/instances/1", new { address = upstream.Address }, Cancel);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var routed = await host.Management.PutAsJsonAsync(
            $"/admin/v1/routes/{route}",
            new { match = new { path = $"/{route}/{{**rest}}" }, to = new { service }, auth = "anonymous", cache = new { ttl = "1h" } },
            Cancel);
        routed.StatusCode.ShouldBe(HttpStatusCode.Created, await routed.Content.ReadAsStringAsync(Cancel));
        return route;
    }

    private Task<HttpResponseMessage> Invalidate(string body) =>
        host.Management.PostAsync("/admin/v1/cache:invalidate", new StringContent(body, null, "application/json"), Cancel);
}
