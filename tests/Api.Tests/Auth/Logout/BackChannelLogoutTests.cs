using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Auth.Logout;

/// <summary>Clients are told when a session ends: OpenID Connect Back-Channel Logout 1.0.</summary>
public sealed class BackChannelLogoutTests(BackChannelLogoutTests.Fixture fixture) : IClassFixture<BackChannelLogoutTests.Fixture>, IAsyncLifetime
{
    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    private readonly ConcurrentQueue<string> tokens = new();
    private readonly ConcurrentQueue<int> answers = new();
    private Upstream client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private GatehouseHost Host => fixture.Host;

    private OAuth OAuth => new(Host);

    public async ValueTask InitializeAsync() => client = await Upstream.Start(async context =>
    {
        tokens.Enqueue((await context.Request.ReadFormAsync(Cancel))["logout_token"].ToString());
        context.Response.StatusCode = answers.TryDequeue(out var answer) ? answer : StatusCodes.Status200OK;
    });

    public ValueTask DisposeAsync() => client.DisposeAsync();

    [Fact]
    public async Task A_client_gets_a_token_that_says_which_session_has_ended()
    {
        var (cookie, issued) = await SignIn("logout-token");

        await End(cookie, "user of logout-token");

        var text = await Received(1);
        var token = await Verified(text);
        token.Typ.ShouldBe("logout+jwt");
        token.Subject.ShouldBe("user of logout-token");
        token.Audiences.ShouldBe(["logout-token"]);
        token.GetPayloadValue<string>("sid").ShouldBe(cookie.SessionId);
        token.GetPayloadValue<string>("sid").ShouldBe(OAuth.Content(issued.GetProperty("id_token").GetString()!).GetProperty("sid").GetString());
        token.GetPayloadValue<JsonElement>("events").GetProperty(LogoutEvent).ValueKind.ShouldBe(JsonValueKind.Object);
        token.Id.ShouldNotBeNullOrEmpty();
        token.TryGetPayloadValue<string>("nonce", out _).ShouldBeFalse();
        (token.ValidTo - token.IssuedAt).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Checklist13_a_logout_token_is_no_access_token()
    {
        var (cookie, _) = await SignIn("logout-typ");
        await End(cookie, "user of logout-typ");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/routes");
        request.Headers.Host = "ops.example";
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Received(1));

        using var response = await Host.Management.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(302)]
    [InlineData(400)]
    public async Task A_client_that_fails_is_told_again(int status)
    {
        answers.Enqueue(status);
        var id = $"logout-again-{status}";
        var (cookie, _) = await SignIn(id);

        await End(cookie, $"user of {id}");

        var first = await Verified(await Received(1));
        var second = await Verified(await Received(2));
        second.GetPayloadValue<string>("sid").ShouldBe(first.GetPayloadValue<string>("sid"));
        second.Id.ShouldNotBe(first.Id);
        await Until.Holds(async () => (await Pending(id)).Count == 0);
    }

    [Fact]
    public async Task After_the_last_attempt_it_is_given_up_audited_and_can_be_tried_again()
    {
        for (var i = 0; i < Fixture.Attempts; i++)
        {
            answers.Enqueue(503);
        }

        var (cookie, _) = await SignIn("logout-given-up");

        await End(cookie, "user of logout-given-up");

        await Until.Holds(async () => await Pending("logout-given-up") is [{ } given] && given.GetProperty("next").ValueKind == JsonValueKind.Null);
        var left = (await Pending("logout-given-up")).ShouldHaveSingleItem();
        left.GetProperty("attempts").GetInt32().ShouldBe(Fixture.Attempts);
        left.GetProperty("error").GetString().ShouldBe("it answered 503");
        await Host.Services.GetRequiredService<IAuditTrail>().Flush(Cancel);
        var audit = await Host.Management.GetFromJsonAsync<JsonElement>("/admin/v1/audit?type=session.logout-undelivered&target=client:logout-given-up", Cancel);
        var record = audit.GetProperty("records").EnumerateArray().ShouldHaveSingleItem();
        record.GetProperty("outcome").GetString().ShouldBe("failed");
        record.GetProperty("details").GetProperty("session").GetString().ShouldBe(cookie.SessionId);

        using var retried = await Host.Management.PostAsync("/admin/v1/logouts/retry", null, Cancel);

        (await retried.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("retried").GetInt32().ShouldBeGreaterThan(0);
        await Received(Fixture.Attempts + 1);
        await Until.Holds(async () => (await Pending("logout-given-up")).Count == 0);
    }

    [Fact]
    public async Task Who_did_not_sign_in_in_the_session_is_not_told()
    {
        await Client("logout-bystander");
        var (cookie, _) = await SignIn("logout-party");

        await End(cookie, "user of logout-party");

        (await Verified(await Received(1))).Audiences.ShouldBe(["logout-party"]);
        (await Pending("logout-bystander")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Revoking_a_token_ends_the_session_and_every_client_of_it_is_told()
    {
        var (cookie, issued) = await SignIn("logout-one", "a user of two");
        await SignIn("logout-two", "a user of two", cookie);

        await OAuth.Post(
            "/connect/revoke",
            ("client_id", "logout-one"), ("client_secret", secrets["logout-one"]), ("token", issued.GetProperty("access_token").GetString()!));

        string[] told = [.. (await Verified(await Received(1))).Audiences, .. (await Verified(await Received(2))).Audiences];
        told.Order().ShouldBe(["logout-one", "logout-two"]);
    }

    [Fact]
    public async Task The_client_of_a_device_that_the_user_connected_is_told_too()
    {
        await OAuth.Client("logout-device", new
        {
            @public = true,
            grants = new[] { "urn:ietf:params:oauth:grant-type:device_code" },
            scopes = new[] { "openid" },
            trusted = true,
            backChannelLogoutUri = $"{client.Address}/logout",
        });
        var cookie = await OAuth.SignIn("user of a device");
        var (_, device) = await OAuth.Post("/connect/device", ("client_id", "logout-device"), ("scope", "openid"));
        using var page = await OAuth.Browse("/connect/verify?user_code=" + device.GetProperty("user_code").GetString(), cookie);
        using var allowed = await OAuth.Browse("/connect/verify", cookie, [.. await OAuth.Hidden(page), ("decision", "allow")]);
        allowed.StatusCode.ShouldBe(HttpStatusCode.Found);

        await End(cookie, "user of a device");

        (await Verified(await Received(1))).Audiences.ShouldBe(["logout-device"]);
    }

    [Fact]
    public async Task Discovery_says_so()
    {
        var document = await Host.Public.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration", Cancel);

        document.GetProperty("backchannel_logout_supported").GetBoolean().ShouldBeTrue();
        document.GetProperty("backchannel_logout_session_supported").GetBoolean().ShouldBeTrue();
    }

    private readonly Dictionary<string, string> secrets = [];

    private async Task Client(string id) => secrets[id] = (await OAuth.Client(id, new
    {
        grants = new[] { "authorization_code", "refresh_token" },
        redirectUris = new[] { OAuth.Redirect },
        scopes = new[] { "openid", "books", "offline_access" },
        trusted = true,
        backChannelLogoutUri = $"{client.Address}/logout",
    }))!;

    private async Task<(SessionCookie Cookie, JsonElement Tokens)> SignIn(string id, string? user = null, SessionCookie? cookie = null)
    {
        await Client(id);
        cookie ??= await OAuth.SignIn(user ?? $"user of {id}");
        return (cookie, await OAuth.Tokens(id, secrets[id], cookie));
    }

    private async Task End(SessionCookie cookie, string user) =>
        (await Host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user).End(cookie.SessionId, SessionEnd.SignedOut)).ShouldBeTrue();

    private async Task<string> Received(int number)
    {
        await Until.Holds(() => Task.FromResult(tokens.Count >= number));
        return tokens.ElementAt(number - 1);
    }

    private async Task<JsonWebToken> Verified(string text)
    {
        var keys = new JsonWebKeySet(await Host.Public.GetStringAsync("/.well-known/jwks", Cancel));
        var discovery = await Host.Public.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration", Cancel);
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = discovery.GetProperty("issuer").GetString(),
            ValidateAudience = false,
            ValidAlgorithms = ["RS256"],
            IssuerSigningKeys = keys.GetSigningKeys(),
        });
        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        return (JsonWebToken)result.SecurityToken;
    }

    private async Task<List<JsonElement>> Pending(string client)
    {
        var listing = await Host.Management.GetFromJsonAsync<JsonElement>("/admin/v1/logouts", Cancel);
        return [.. listing.GetProperty("logouts").EnumerateArray().Where(entry => entry.GetProperty("client").GetString() == client)];
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public const int Attempts = 3;

        public GatehouseHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await GatehouseHost.Start(
            [$"--Gatehouse:Auth:BackChannelLogout:Attempts={Attempts}", "--Gatehouse:Auth:BackChannelLogout:RetryAfter=00:00:00.100"]);

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
