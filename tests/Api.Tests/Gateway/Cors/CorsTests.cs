using System.Net;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Gateway.Cors;

public sealed class CorsTests
{
    private const string App = "https://app.example.org";

    private static readonly RouteCors Policy = new()
    {
        Origins = [App, "https://*.example.com"],
        Headers = ["X-Token"],
        Expose = ["X-Total"],
        Credentials = true,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preflight_is_answered_by_the_route_that_the_request_would_take()
    {
        var calls = 0;
        await using var upstream = await Upstream.Start(_ =>
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        });
        await using var front = await Start(upstream);

        using var allowed = await Preflight(front, App, "PUT");
        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Value(allowed, "Access-Control-Allow-Origin").ShouldBe(App);
        Value(allowed, "Access-Control-Allow-Methods").ShouldContain("PUT");
        Value(allowed, "Access-Control-Allow-Headers").ShouldContain("X-Token");
        Value(allowed, "Access-Control-Allow-Credentials").ShouldBe("true");
        Value(allowed, "Access-Control-Max-Age").ShouldBe("600");
        using var strange = await Preflight(front, "https://evil.example", "PUT");
        Value(strange, "Access-Control-Allow-Origin").ShouldBe("");
        using var noRoute = await Preflight(front, App, "DELETE");
        noRoute.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        calls.ShouldBe(0);
    }

    [Theory]
    [InlineData(App, App)]
    [InlineData("https://a.example.com", "https://a.example.com")]
    [InlineData("https://evil.example", "")]
    [InlineData("http://app.example.org", "")]
    public async Task Only_pages_of_the_origins_may_read_what_a_request_is_answered(string origin, string allowed)
    {
        await using var upstream = await Upstream.Start(context =>
        {
            // What a service says of it does not count, and is not there twice.
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return Task.CompletedTask;
        });
        await using var front = await Start(upstream);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/");
        request.Headers.Add("Origin", origin);

        using var answer = await front.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Value(answer, "Access-Control-Allow-Origin").ShouldBe(allowed);
        Value(answer, "Access-Control-Expose-Headers").ShouldBe(allowed.Length > 0 ? "X-Total" : "");
    }

    [Fact]
    public async Task A_page_may_read_errors_of_the_gateway_too()
    {
        await using var front = await Front.Start([Route()], []);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/");
        request.Headers.Add("Origin", App);

        using var answer = await front.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Value(answer, "Access-Control-Allow-Origin").ShouldBe(App);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, HttpStatusCode.Forbidden)]
    public async Task A_page_may_ask_and_read_that_the_route_is_out_of_service_or_not_for_its_address(bool maintenance, HttpStatusCode status)
    {
        var route = maintenance
            ? Route() with { Maintenance = new RouteMaintenance() }
            : Route() with { Addresses = new RouteAddresses { Deny = ["127.0.0.1"] } };
        await using var front = await Front.Start([route], []);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/");
        request.Headers.Add("Origin", App);

        using var asked = await Preflight(front, App, "PUT");
        using var answer = await front.Client.SendAsync(request, Cancel);

        asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Value(asked, "Access-Control-Allow-Origin").ShouldBe(App);
        answer.StatusCode.ShouldBe(status);
        Value(answer, "Access-Control-Allow-Origin").ShouldBe(App);
    }

    private static RouteDocument Route() => new()
    {
        Id = "cors",
        Match = new RouteMatch { Path = "/{**rest}", Methods = ["PUT"] },
        To = new RouteTarget { Service = "BOOKS" },
        Cors = Policy,
        Auth = RouteAuth.Anybody,
    };

    private static Task<Front> Start(Upstream upstream) => Front.Start([Route()], [Make.Entry("i", upstream.Address)]);

    private static async Task<HttpResponseMessage> Preflight(Front front, string origin, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "x-token");
        return await front.Client.SendAsync(request, Cancel);
    }

    private static string Value(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
