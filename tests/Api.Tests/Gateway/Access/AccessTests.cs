using System.Net;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Gateway.Access;

public sealed class AccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.0/8", "", true)]
    [InlineData("", "127.0.0.1", false)]
    [InlineData("10.0.0.0/8", "", false)]
    [InlineData("127.0.0.0/8", "127.0.0.1", false)]
    [InlineData("", "10.0.0.0/8", true)]
    [InlineData("::1", "", false)]
    public async Task Requests_are_taken_from_allowed_addresses_that_are_not_denied(string allow, string deny, bool served)
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        var addresses = new RouteAddresses { Allow = allow.Length == 0 ? [] : [allow], Deny = deny.Length == 0 ? [] : [deny] };
        await using var front = await Front.Start([Make.Route("/{**rest}") with { Addresses = addresses }], [Make.Entry("i", upstream.Address)]);

        using var answer = await front.Client.GetAsync("/", Cancel);

        answer.StatusCode.ShouldBe(served ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(Cancel)).Contains("urn:gatehouse:error:address-denied", StringComparison.Ordinal).ShouldBe(!served);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_address_that_it_saw_counts()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Front.Start(
            [Make.Route("/{**rest}") with { Addresses = new RouteAddresses { Deny = ["203.0.113.0/24"] } }],
            [Make.Entry("i", upstream.Address)],
            options => options.TrustedProxies.Add("127.0.0.1"));

        using var denied = await Get(front, "203.0.113.9");
        denied.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var served = await Get(front, "198.51.100.1");
        served.StatusCode.ShouldBe(HttpStatusCode.OK);

        // What a client writes before the address that the proxy saw is no proof of anything.
        using var disguised = await Get(front, "198.51.100.1, 203.0.113.9");
        disguised.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_route_in_maintenance_answers_by_itself_but_for_those_who_try_it()
    {
        var calls = 0;
        await using var upstream = await Upstream.Start(_ =>
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        });
        var maintenance = new RouteMaintenance { Message = "Back at noon.", RetryAfter = TimeSpan.FromMinutes(5) };
        var route = Make.Route("/{**rest}");
        await using var closed = await Front.Start([route with { Maintenance = maintenance }], [Make.Entry("i", upstream.Address)]);
        await using var tried = await Front.Start([route with { Maintenance = maintenance with { Allow = ["127.0.0.1"] } }], [Make.Entry("i", upstream.Address)]);

        using var counters = new Counters(closed.Services);

        using var answer = await closed.Client.GetAsync("/", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        counters["problems"].ShouldBe(1);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(5));
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("Back at noon.");
        calls.ShouldBe(0);
        using var trial = await tried.Client.GetAsync("/", Cancel);
        trial.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> Get(Front front, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await front.Client.SendAsync(request, Cancel);
    }
}
