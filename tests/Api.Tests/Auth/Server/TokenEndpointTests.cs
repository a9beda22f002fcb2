using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Auth.Server;

[Collection(SharedGatehouse.Name)]
public sealed class TokenEndpointTests(GatehouseHost host)
{
    private readonly OAuth oauth = new(host);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_credentials_give_an_access_token_of_the_client()
    {
        var secret = await oauth.Client("tokens-cc", new { grants = new[] { "client_credentials" }, scopes = new[] { "books", "gatehouse.read" }, roles = new[] { "importer" } });

        var (status, body) = await oauth.Token(
            ("grant_type", "client_credentials"), ("client_id", "tokens-cc"), ("client_secret", secret!), ("scope", "books"));

        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        body.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        var token = body.GetProperty("access_token").GetString()!;
        OAuth.Header(token).GetProperty("typ").GetString().ShouldBe("at+jwt");
        OAuth.Header(token).GetProperty("alg").GetString().ShouldBe("ES256");
        var content = OAuth.Content(token);
        content.GetProperty("sub").GetString().ShouldBe("tokens-cc");
        content.GetProperty("client_id").GetString().ShouldBe("tokens-cc");
        content.GetProperty("aud").GetString().ShouldBe("gatehouse");
        content.GetProperty("scope").GetString().ShouldBe("books");
        content.GetProperty("roles").GetString().ShouldBe("importer");
        content.GetProperty("jti").GetString()!.Length.ShouldBeGreaterThan(20);
        content.GetProperty("iss").GetString().ShouldBe(host.Public.BaseAddress!.ToString());
        (content.GetProperty("exp").GetInt64() - content.GetProperty("iat").GetInt64()).ShouldBe(300);
        content.EnumerateObject().Select(claim => claim.Name).ShouldBeSubsetOf(
            ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "roles", "nbf", "oi_prst"]);
    }

    [Fact]
    public async Task Client_credentials_by_basic_authentication_work_and_scopes_are_bounded()
    {
        var secret = await oauth.Client("tokens-basic", new { grants = new[] { "client_credentials" }, scopes = new[] { "books" } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"tokens-basic:{secret}"))) },
        };
        using var response = await host.Public.SendAsync(request, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();

        foreach (var scope in new[] { "gatehouse.admin", "openid", "offline_access", "nonsense" })
        {
            var (status, _) = await oauth.Token(
                ("grant_type", "client_credentials"), ("client_id", "tokens-basic"), ("client_secret", secret!), ("scope", scope));
            status.ShouldBe(HttpStatusCode.BadRequest, scope);
        }
    }

    [Fact]
    public async Task Audience_is_what_the_client_may_ask_for()
    {
        var secret = await oauth.Client("tokens-aud", new { grants = new[] { "client_credentials" }, audiences = new[] { "https://orders.example" } });
        (string, string)[] form = [("grant_type", "client_credentials"), ("client_id", "tokens-aud"), ("client_secret", secret!)];

        var (status, body) = await oauth.Token([.. form, ("resource", "https://orders.example")]);
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        OAuth.Content(body.GetProperty("access_token").GetString()!).GetProperty("aud").GetString().ShouldBe("https://orders.example");
        (await oauth.Token([.. form, ("resource", "https://payments.example")])).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_new_secret_ends_the_one_before_and_a_disabled_or_deleted_client_gets_nothing()
    {
        var secret = await oauth.Client("tokens-secret");
        async Task<HttpStatusCode> With(string? presented) => (await oauth.Token(
            ("grant_type", "client_credentials"), ("client_id", "tokens-secret"), ("client_secret", presented!))).Status;
        (await With(secret)).ShouldBe(HttpStatusCode.OK);

        using var changed = await host.Management.PostAsync("/admin/v1/clients/tokens-secret/secret", null, Cancel);
        var next = (await changed.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("secret").GetString();
        (await With(secret)).ShouldBe(HttpStatusCode.Unauthorized);
        (await With(next)).ShouldBe(HttpStatusCode.OK);

        await oauth.Client("tokens-secret", new { grants = new[] { "client_credentials" }, disabled = true });
        (await With(next)).ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest);
        await oauth.Client("tokens-secret", new { grants = new[] { "client_credentials" } });
        (await With(next)).ShouldBe(HttpStatusCode.OK);

        (await host.Management.DeleteAsync("/admin/v1/clients/tokens-secret", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await With(next)).ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_code_gives_tokens_of_the_users_session_and_userinfo_knows_them()
    {
        var secret = await oauth.Client("tokens-code");
        var cookie = await oauth.SignIn("alice");

        var tokens = await oauth.Tokens("tokens-code", secret, cookie, "openid profile roles books offline_access");

        var access = OAuth.Content(tokens.GetProperty("access_token").GetString()!);
        access.GetProperty("sub").GetString().ShouldBe("alice");
        access.GetProperty("sid").GetString().ShouldBe(cookie.SessionId);
        access.GetProperty("roles").GetString().ShouldBe("librarian");
        access.TryGetProperty("name", out _).ShouldBeFalse();
        var identity = tokens.GetProperty("id_token").GetString()!;
        OAuth.Header(identity).GetProperty("alg").GetString().ShouldBe("RS256");
        OAuth.Content(identity).GetProperty("nonce").GetString().ShouldBe("n0nce");
        OAuth.Content(identity).GetProperty("sid").GetString().ShouldBe(cookie.SessionId);
        OAuth.Content(identity).GetProperty("name").GetString().ShouldBe("Name of alice");
        OAuth.Content(identity).GetProperty("aud").GetString().ShouldBe("tokens-code");
        OAuth.Content(identity).TryGetProperty("auth_time", out _).ShouldBeTrue();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString()) },
        };
        using var response = await host.Public.SendAsync(request, Cancel);
        var user = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        user.GetProperty("sub").GetString().ShouldBe("alice", user.ToString());
        user.GetProperty("name").GetString().ShouldBe("Name of alice");
    }

    [Fact]
    public async Task Revoking_an_access_token_ends_its_session_and_revoking_a_refresh_token_its_family_alone()
    {
        var secret = await oauth.Client("tokens-revoke");
        var cookie = await oauth.SignIn("bob");
        var first = await oauth.Tokens("tokens-revoke", secret, cookie);
        var second = await oauth.Tokens("tokens-revoke", secret, cookie);

        await Revoke(first.GetProperty("refresh_token"));
        (await Refresh(first)).ShouldBe(HttpStatusCode.BadRequest);
        (await oauth.Authorize(cookie, OAuth.CodeRequest("tokens-revoke"))).ShouldContainKey("code");

        await Revoke(second.GetProperty("access_token"));
        (await Refresh(second)).ShouldBe(HttpStatusCode.BadRequest);
        using var asked = await oauth.Browse(OAuth.Address(OAuth.CodeRequest("tokens-revoke")), cookie);
        asked.Headers.Location!.ToString().ShouldStartWith("/account/login");

        async Task Revoke(JsonElement token) => (await oauth.Post(
            "/connect/revoke", ("client_id", "tokens-revoke"), ("client_secret", secret!), ("token", token.GetString()!))).Status.ShouldBe(HttpStatusCode.OK);
        async Task<HttpStatusCode> Refresh(JsonElement tokens) => (await oauth.Token(
            ("grant_type", "refresh_token"), ("client_id", "tokens-revoke"), ("client_secret", secret!), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!))).Status;
    }

    [Fact]
    public async Task A_service_exchanges_its_callers_token_for_one_that_can_do_less_and_names_it()
    {
        var secret = await oauth.Client("tokens-front");
        var service = await oauth.Client("tokens-service", new
        {
            grants = new[] { "urn:ietf:params:oauth:grant-type:token-exchange" },
            scopes = new[] { "books", "payments" },
            audiences = new[] { "https://orders.example" },
        });
        var cookie = await oauth.SignIn("carol");
        var tokens = await oauth.Tokens("tokens-front", secret, cookie);
        (string, string)[] form =
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("client_id", "tokens-service"), ("client_secret", service!),
            ("subject_token", tokens.GetProperty("access_token").GetString()!), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];

        var (status, body) = await oauth.Token([.. form, ("scope", "books"), ("resource", "https://orders.example")]);

        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        var content = OAuth.Content(body.GetProperty("access_token").GetString()!);
        content.GetProperty("sub").GetString().ShouldBe("carol");
        content.GetProperty("sid").GetString().ShouldBe(cookie.SessionId);
        content.GetProperty("scope").GetString().ShouldBe("books");
        content.GetProperty("aud").GetString().ShouldBe("https://orders.example");
        content.GetProperty("exp").GetInt64().ShouldBeLessThanOrEqualTo(OAuth.Content(tokens.GetProperty("access_token").GetString()!).GetProperty("exp").GetInt64());
        content.GetProperty("act").GetProperty("sub").GetString().ShouldBe("tokens-service");
        (await oauth.Token([.. form, ("scope", "payments")])).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
