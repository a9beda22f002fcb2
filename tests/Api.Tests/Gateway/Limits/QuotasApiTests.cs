using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Gateway.Limits;

/// <summary>Quotas as operators see them, at a real front door with its grains.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class QuotasApiTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quota_tellsWhatSomebodyHasUsed_andBeginsAnew()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var route = await Route(upstream, new { permits = 3, per = "month", by = "header:X-Tenant" });
        for (var i = 0; i < 3; i++)
        {
            (await Call(route)).ShouldBe(HttpStatusCode.OK);
        }

        (await Call(route)).ShouldBe(HttpStatusCode.TooManyRequests);
        var used = await Quota(route, "a");
        used.GetProperty("name").GetString().ShouldBe("month");
        used.GetProperty("by").GetString().ShouldBe("header:X-Tenant");
        (used.GetProperty("permits").GetInt32(), used.GetProperty("used").GetInt64(), used.GetProperty("left").GetInt64()).ShouldBe((3, 3, 0));
        used.GetProperty("until").GetDateTimeOffset().Day.ShouldBe(1);
        (await Quota(route, "b")).GetProperty("used").GetInt64().ShouldBe(0);

        using var reset = await host.Management.DeleteAsync($"/admin/v1/routes/{route}/quotas/month?subject=a", Cancel);

        reset.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Quota(route, "a")).GetProperty("used").GetInt64().ShouldBe(0);
        await Until.Holds(async () => await Call(route) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Quota_byRoute_needsNoSubject()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var route = await Route(upstream, new { permits = 5, per = "day", by = "route" });
        (await Call(route)).ShouldBe(HttpStatusCode.OK);

        var listing = await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/routes/{route}/quotas", Cancel);

        listing.GetProperty("quotas").EnumerateArray().ShouldHaveSingleItem().GetProperty("used").GetInt64().ShouldBeInRange(1, 5);
    }

    [Theory]
    [InlineData("GET", "/ROUTE/quotas", HttpStatusCode.BadRequest, "subject")]
    [InlineData("DELETE", "/ROUTE/quotas/month", HttpStatusCode.BadRequest, "subject")]
    [InlineData("DELETE", "/ROUTE/quotas/day?subject=a", HttpStatusCode.NotFound, "quota-not-found")]
    [InlineData("GET", "/nowhere/quotas?subject=a", HttpStatusCode.NotFound, "route-not-found")]
    public async Task Question_thatIsNoGood_isToldWhy(string method, string path, HttpStatusCode status, string said)
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var route = await Route(upstream, new { permits = 3, per = "month", by = "client" });
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1/routes" + path.Replace("ROUTE", route, StringComparison.Ordinal));

        using var answer = await host.Management.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain(said);
    }

    private async Task<JsonElement> Quota(string route, string subject) =>
        (await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/routes/{route}/quotas?subject={subject}", Cancel))
        .GetProperty("quotas").EnumerateArray().ShouldHaveSingleItem();

    private async Task<HttpStatusCode> Call(string route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{route}") { Headers = { { "X-Tenant", "a" } } };
        using var answer = await host.Public.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private async Task<string> Route(Upstream upstream, object limit)
    {
        var route = $"quota-{Guid.NewGuid():N}";
        using var registered = await host.Management.PutAsJsonAsync($"/registry/v1/services/{route}/instances/1", new { address = upstream.Address }, Cancel);
        registered.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var routed = await host.Management.PutAsJsonAsync(
            $"/admin/v1/routes/{route}", new { match = new { path = $"/{route}" }, to = new { service = route }, auth = "anonymous", limit }, Cancel);
        routed.StatusCode.ShouldBe(HttpStatusCode.Created, await routed.Content.ReadAsStringAsync(Cancel));
        return route;
    }
}
