using System.Net;
using Gatehouse.Api.Tests.Gateway.Auth;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Routing.Policies;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>What a route denies is in the audit log, with who, what and why.</summary>
public sealed class DenialsTests : IAsyncLifetime
{
    private Upstream upstream = null!;
    private Front front = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        upstream = await Upstream.Start(_ => Task.CompletedTask);
        front = await Front.Start(
            [
                Make.Route("/admin/{**rest}") with { Auth = new RouteAuth { Scopes = ["admin"] } },
                Make.Route("/elsewhere/{**rest}") with { Addresses = new RouteAddresses { Deny = ["127.0.0.0/8", "::1/128"] } },
            ],
            [Make.Entry("1", upstream.Address)]);
    }

    public async ValueTask DisposeAsync()
    {
        await front.DisposeAsync();
        await upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("/admin/x", null, "anonymous", HttpStatusCode.Unauthorized)]
    [InlineData("/admin/x", "Bearer forged", "anonymous", HttpStatusCode.Unauthorized)]
    [InlineData("/elsewhere/x", null, "anonymous", HttpStatusCode.Forbidden)]
    public async Task Denial_is_audited(string path, string? authorization, string actor, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await front.Client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(status);
        var denied = front.Audit.Events.ShouldHaveSingleItem();
        denied.Type.ShouldBe("route.denied");
        denied.Outcome.ShouldBe(AuditOutcome.Denied);
        denied.Actor.ShouldBe(actor);
        denied.Target.ShouldBe($"GET {path}");
        denied.Address.ShouldNotBeEmpty();
        denied.Details.Keys.ShouldBe(["route", "reason"], ignoreOrder: true);
    }

    [Fact]
    public async Task Denial_of_a_known_caller_names_the_caller()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/x");
        request.Headers.Add("Authorization", $"Bearer {new TestToken()}");

        using var response = await front.Client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        front.Audit.Events.ShouldHaveSingleItem().Actor.ShouldNotBe("anonymous");
    }

    [Fact]
    public async Task Denials_beyond_the_limit_are_left_to_the_log()
    {
        for (var i = 0; i < 200; i++)
        {
            using var response = await front.Client.GetAsync("/admin/x", Cancel);
        }

        front.Audit.Events.Count.ShouldBeInRange(20, 199);
    }
}
