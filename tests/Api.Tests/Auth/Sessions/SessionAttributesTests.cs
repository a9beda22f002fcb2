using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Tests.Auth.Management;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Sessions;

/// <summary>What services keep in the session of whom they are called by.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class SessionAttributesTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_services_share_what_they_keep()
    {
        var (_, identity) = await Begin("attr-shared");
        using var first = await Send(HttpMethod.Get, identity);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Text(first)).ShouldBe("{}");
        first.Headers.CacheControl!.NoStore.ShouldBeTrue();

        using var put = await Send(HttpMethod.Put, identity, """{"cart":{"items":3},"theme":"dark"}""", ifMatch: first.Headers.ETag);
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await Text(put));
        using var patch = await Send(HttpMethod.Patch, identity, """{"theme":null,"cart":{"coupon":"X"}}""");
        patch.StatusCode.ShouldBe(HttpStatusCode.OK, await Text(patch));

        using var read = await Send(HttpMethod.Get, identity);
        (await Text(read)).ShouldBe("""{"cart":{"items":3,"coupon":"X"}}""");
        read.Headers.ETag.ShouldBe(patch.Headers.ETag);
        using var again = await Send(HttpMethod.Get, identity, ifNoneMatch: read.Headers.ETag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Of_two_writers_of_one_version_one_wins_and_the_other_is_told()
    {
        var (_, identity) = await Begin("attr-race");
        using var read = await Send(HttpMethod.Get, identity);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Send(HttpMethod.Put, identity, $$"""{"writer":{{i}}}""", ifMatch: read.Headers.ETag)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(7);
        var won = await Text(answers.Single(answer => answer.StatusCode == HttpStatusCode.OK));
        using var now = await Send(HttpMethod.Get, identity);
        (await Text(now)).ShouldBe(won);
    }

    [Fact]
    public async Task Patches_at_once_lose_nothing()
    {
        var (_, identity) = await Begin("attr-patches");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Send(HttpMethod.Patch, identity, $$"""{"k{{i}}":{{i}}}""")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        using var now = await Send(HttpMethod.Get, identity);
        JsonSerializer.Deserialize<Dictionary<string, int>>(await Text(now))!.Values.Order().ShouldBe(Enumerable.Range(0, 16));
    }

    [Theory]
    [InlineData("PUT", """{"a":1}""", null, 428, "precondition-required")]
    [InlineData("PUT", """{"a":1}""", "\"7\"", 412, "attributes-changed")]
    [InlineData("PUT", """{"a":1}""", "W/\"0\"", 412, "attributes-changed")]
    [InlineData("PUT", """{"a":1}""", "\"x\"", 412, "attributes-changed")]
    [InlineData("PUT", """[1]""", "*", 400, "bad-attributes")]
    [InlineData("PUT", """{"a":1,"a":2}""", "*", 400, "malformed-json")]
    [InlineData("PUT", """{"a":""", "*", 400, "malformed-json")]
    [InlineData("PATCH", """null""", null, 400, "bad-attributes")]
    [InlineData("PATCH", """{"a":1}""", "\"7\"", 412, "attributes-changed")]
    public async Task What_is_wrong_is_named_and_changes_nothing(string method, string body, string? ifMatch, int status, string code)
    {
        var (_, identity) = await Begin($"attr-wrong-{Guid.NewGuid():N}");

        using var response = await Send(new HttpMethod(method), identity, body, ifMatch: ifMatch switch
        {
            null => null,
            "*" => EntityTagHeaderValue.Any,
            _ => EntityTagHeaderValue.Parse(ifMatch),
        });

        ((int)response.StatusCode).ShouldBe(status, await Text(response));
        (await Text(response)).ShouldContain($"urn:gatehouse:error:{code}");
        using var now = await Send(HttpMethod.Get, identity);
        (await Text(now)).ShouldBe("{}");
    }

    [Fact]
    public async Task A_session_keeps_so_much_and_no_more()
    {
        var (_, identity) = await Begin("attr-large");
        (await Send(HttpMethod.Patch, identity, $$"""{"a":"{{new string('x', 16_000)}}"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var response = await Send(HttpMethod.Patch, identity, $$"""{"b":"{{new string('x', 1_000)}}"}""");

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task When_the_session_has_ended_nothing_is_read_or_written_any_more()
    {
        var (session, identity) = await Begin("attr-ended");
        await Send(HttpMethod.Patch, identity, """{"a":1}""");

        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>("attr-ended").End(session, SessionEnd.SignedOut);

        (await Send(HttpMethod.Get, identity)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(HttpMethod.Patch, identity, """{"a":2}""")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_that_there_is_not_is_not_found()
    {
        (await Send(HttpMethod.Get, await Identity("nobody", "never-was"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Send(HttpMethod.Get, await Identity("a-client", null))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_identity_is_required_and_nothing_else_is_taken_for_one()
    {
        var (session, identity) = await Begin("attr-identity");

        (await Send(HttpMethod.Get, null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Send(HttpMethod.Get, "x")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(HttpMethod.Get, identity[..^4] + "AAAA")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var access = await ClusterTokens.Make(host, "gatehouse.read", claims => claims["sid"] = session);
        (await Send(HttpMethod.Get, access)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_service_needs_credentials_of_its_own()
    {
        var (_, identity) = await Begin("attr-guarded");
        using var request = Request(HttpMethod.Get, identity);
        request.Headers.Host = "services.example";

        using var response = await host.Management.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<(string Session, string Identity)> Begin(string user)
    {
        var cookie = await new OAuth(host).SignIn(user);
        return (cookie.SessionId, await Identity(user, cookie.SessionId));
    }

    // As the front door mints it for a call to a service.
    private async Task<string> Identity(string user, string? session)
    {
        var keys = host.Services.GetRequiredService<IReplica<SigningKeyRing>>();
        await foreach (var ring in keys.Follow(Cancel))
        {
            if (ring.CanSign)
            {
                break;
            }
        }

        return host.Services.GetRequiredService<IdentityIssuer>().For(new Caller { Kind = CredentialKind.Session, Subject = user, SessionId = session }.Credential())!;
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method, string? identity, string? body = null, EntityTagHeaderValue? ifMatch = null, EntityTagHeaderValue? ifNoneMatch = null)
    {
        using var request = Request(method, identity);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.IfNoneMatch.Add(ifNoneMatch);
        }

        return await host.Management.SendAsync(request, Cancel);
    }

    private static HttpRequestMessage Request(HttpMethod method, string? identity)
    {
        var request = new HttpRequestMessage(method, "/sessions/v1/current");
        if (identity is not null)
        {
            request.Headers.Add("Gatehouse-Identity", identity);
        }

        return request;
    }

    private static Task<string> Text(HttpResponseMessage response) => response.Content.ReadAsStringAsync(Cancel);
}

file static class Credentials
{
    public static VerifiedCredential Credential(this Caller caller) => new Verified(caller);

    private sealed class Verified(Caller caller) : VerifiedCredential(caller, long.MaxValue, 0, [])
    {
        public override ValueTask<Gatehouse.Api.Auth.Revocations.RevocationVerdict> Stands(CancellationToken cancellation) => default;
    }
}
