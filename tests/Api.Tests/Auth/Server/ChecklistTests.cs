using System.Net;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Server;

/// <summary>What must hold of the authorization server: numbers of the auth checklist, after OWASP ASVS 5.0.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class ChecklistTests(GatehouseHost host)
{
    private readonly OAuth oauth = new(host);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://app.example/callback/")]
    [InlineData("https://app.example/callback?x=1")]
    [InlineData("https://app.example/callback#x")]
    [InlineData("https://app.example:8443/callback")]
    [InlineData("https://APP.example/Callback")]
    [InlineData("http://app.example/callback")]
    [InlineData("https://app.example.evil.example/callback")]
    [InlineData("https://app.example@evil.example/callback")]
    [InlineData("https://evil.example/callback")]
    [InlineData("//app.example/callback")]
    [InlineData("")]
    public async Task Checklist16_redirect_uris_are_compared_to_the_letter(string uri)
    {
        await oauth.Client("checklist-16");
        var cookie = await oauth.SignIn("user-16");
        var request = OAuth.CodeRequest("checklist-16");
        (await oauth.Authorize(cookie, request)).ShouldContainKey("code");

        request["redirect_uri"] = uri;
        using var response = await oauth.Browse(OAuth.Address(request), cookie);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.Location.ShouldBeNull();
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData("S512", true)]
    public async Task Checklist17_code_challenges_are_S256_only(string? method, bool challenge)
    {
        await oauth.Client("checklist-17");
        var cookie = await oauth.SignIn("user-17");
        var request = OAuth.CodeRequest("checklist-17");
        request.Remove("code_challenge_method");
        if (method is not null)
        {
            request["code_challenge_method"] = method;
        }

        if (!challenge)
        {
            request.Remove("code_challenge");
        }

        using var response = await oauth.Browse(OAuth.Address(request), cookie);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("invalid_request");
    }

    [Fact]
    public async Task Checklist17_a_code_is_worth_nothing_without_its_verifier()
    {
        var secret = await oauth.Client("checklist-17v");
        var cookie = await oauth.SignIn("user-17v");
        var code = await oauth.Code("checklist-17v", secret, cookie);

        (await oauth.Token([.. code.Where(field => field.Name != "code_verifier")])).Status.ShouldBe(HttpStatusCode.BadRequest);
        var (status, body) = await oauth.Token([.. code.Where(field => field.Name != "code_verifier"), ("code_verifier", new string('x', 43))]);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetString().ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task Checklist18_codes_are_good_once_and_a_second_use_revokes_what_the_first_got()
    {
        var secret = await oauth.Client("checklist-18");
        var cookie = await oauth.SignIn("user-18");
        var code = await oauth.Code("checklist-18", secret, cookie);
        var (status, tokens) = await oauth.Token(code);
        status.ShouldBe(HttpStatusCode.OK);
        (await IsActive("checklist-18", secret!, tokens, "access_token")).ShouldBeTrue();

        var (again, body) = await oauth.Token(code);

        again.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetString().ShouldBe("invalid_grant");
        (await Refresh("checklist-18", secret, tokens.GetProperty("refresh_token").GetString()!)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await IsActive("checklist-18", secret!, tokens, "access_token")).ShouldBeFalse();
    }

    [Fact]
    public async Task Checklist18_a_code_of_another_client_is_worth_nothing_and_stays_good_for_its_own()
    {
        var secret = await oauth.Client("checklist-18a");
        var thief = await oauth.Client("checklist-18b");
        var cookie = await oauth.SignIn("user-18a");
        var code = await oauth.Code("checklist-18a", secret, cookie);

        var stolen = code.Select(field => field.Name switch
        {
            "client_id" => ("client_id", "checklist-18b"),
            "client_secret" => ("client_secret", thief!),
            _ => field,
        });
        (await oauth.Token([.. stolen])).Body.GetProperty("error").GetString().ShouldBe("invalid_grant");

        (await oauth.Token(code)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist19_a_refresh_token_used_twice_ends_its_family_and_session()
    {
        var secret = await oauth.Client("checklist-19");
        var cookie = await oauth.SignIn("user-19");
        var first = await oauth.Tokens("checklist-19", secret, cookie);
        var (status, second) = await Refresh("checklist-19", secret, first.GetProperty("refresh_token").GetString()!);
        status.ShouldBe(HttpStatusCode.OK);
        second.GetProperty("refresh_token").GetString().ShouldNotBe(first.GetProperty("refresh_token").GetString());
        (await IsActive("checklist-19", secret!, second, "access_token")).ShouldBeTrue();

        (await Refresh("checklist-19", secret, first.GetProperty("refresh_token").GetString()!)).Body.GetProperty("error").GetString().ShouldBe("invalid_grant");

        (await Refresh("checklist-19", secret, second.GetProperty("refresh_token").GetString()!)).Body.GetProperty("error").GetString().ShouldBe("invalid_grant");
        (await IsActive("checklist-19", secret!, second, "access_token")).ShouldBeFalse();
        (await Sessions("user-19")).ShouldBe(0);
    }

    [Fact]
    public async Task Checklist19_of_eight_refreshes_at_once_at_most_one_wins_and_its_token_dies_too()
    {
        var secret = await oauth.Client("checklist-19c");
        for (var round = 0; round < 5; round++)
        {
            var cookie = await oauth.SignIn("user-19c");
            var tokens = await oauth.Tokens("checklist-19c", secret, cookie);
            var refresh = tokens.GetProperty("refresh_token").GetString()!;

            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Refresh("checklist-19c", secret, refresh)));

            var winners = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToArray();
            winners.Length.ShouldBeLessThanOrEqualTo(1);
            answers.Except(winners).ShouldAllBe(answer => answer.Status == HttpStatusCode.BadRequest);
            foreach (var (_, won) in winners)
            {
                (await Refresh("checklist-19c", secret, won.GetProperty("refresh_token").GetString()!)).Status.ShouldBe(HttpStatusCode.BadRequest);
            }
        }
    }

    [Fact]
    public async Task Checklist21_there_is_no_implicit_and_no_password_grant_and_the_response_names_its_issuer()
    {
        var secret = await oauth.Client("checklist-21");
        var cookie = await oauth.SignIn("user-21");
        var (status, body) = await oauth.Token(
            ("grant_type", "password"), ("client_id", "checklist-21"), ("client_secret", secret!), ("username", "a"), ("password", "b"));
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetString().ShouldBe("unsupported_grant_type");

        foreach (var type in new[] { "token", "id_token", "code id_token", "code token" })
        {
            var request = OAuth.CodeRequest("checklist-21");
            request["response_type"] = type;
            using var response = await oauth.Browse(OAuth.Address(request), cookie);
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("unsupported_response_type");
        }

        var document = await Discovery();
        document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean().ShouldBeTrue();
        document.GetProperty("grant_types_supported").EnumerateArray().Select(type => type.GetString()).ShouldNotContain("password");
        document.GetProperty("response_types_supported").EnumerateArray().Select(type => type.GetString()).ShouldBe(["code"]);
        document.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(method => method.GetString()).ShouldBe(["S256"]);
        (await oauth.Authorize(cookie, OAuth.CodeRequest("checklist-21")))["iss"].ShouldBe(document.GetProperty("issuer").GetString());
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/par")]
    [InlineData("/connect/revoke")]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/device")]
    public async Task Checklist22_clients_prove_who_they_are(string path)
    {
        await oauth.Client("checklist-22");
        (string, string)[] form =
        [
            ("grant_type", "client_credentials"), ("client_id", "checklist-22"), ("token", "x"), ("response_type", "code"),
            ("redirect_uri", OAuth.Redirect), ("code_challenge", OAuth.Challenge), ("code_challenge_method", "S256"),
        ];

        foreach (var bad in new (string, string)[][] { [], [("client_secret", "wrong")], [("client_secret", new string('x', 4000))] })
        {
            var (status, body) = await oauth.Post(path, [.. form, .. bad]);
            status.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest);
            body.GetProperty("error").GetString().ShouldBeOneOf("invalid_client", "invalid_request");
        }
    }

    [Fact]
    public async Task Checklist22_a_client_learns_nothing_of_tokens_that_are_not_for_it()
    {
        var mine = await oauth.Client("checklist-22a");
        var other = await oauth.Client("checklist-22b");
        var cookie = await oauth.SignIn("user-22");
        var tokens = await oauth.Tokens("checklist-22a", mine, cookie);

        foreach (var kind in new[] { "access_token", "refresh_token" })
        {
            (await IsActive("checklist-22a", mine!, tokens, kind)).ShouldBeTrue(kind);
            (await IsActive("checklist-22b", other!, tokens, kind)).ShouldBeFalse(kind);
            await oauth.Post("/connect/revoke", ("client_id", "checklist-22b"), ("client_secret", other!), ("token", tokens.GetProperty(kind).GetString()!));
            (await IsActive("checklist-22a", mine!, tokens, kind)).ShouldBeTrue(kind);
        }
    }

    [Fact]
    public async Task Checklist23_signing_out_takes_a_hint_of_this_very_session_or_the_users_word()
    {
        var secret = await oauth.Client("checklist-23");
        var cookie = await oauth.SignIn("user-23");
        var tokens = await oauth.Tokens("checklist-23", secret, cookie);

        // Anybody can make a browser go there: the user is asked, and a form of somebody else's making is not their word.
        using var asked = await oauth.Browse("/connect/logout", cookie);
        asked.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Sessions("user-23")).ShouldBe(1);
        using var forged = await oauth.Browse("/connect/logout", cookie, ("ticket", "made-up"));
        (await Sessions("user-23")).ShouldBe(1);
        using var confirmed = await oauth.Browse("/connect/logout", cookie, await OAuth.Hidden(asked));
        (await Sessions("user-23")).ShouldBe(0);

        cookie = await oauth.SignIn("user-23");
        // An older session's hint is not this one's.
        var old = tokens.GetProperty("id_token").GetString()!;
        using var stale = await oauth.Browse($"/connect/logout?id_token_hint={old}", cookie);
        (await Sessions("user-23")).ShouldBe(1);

        tokens = await oauth.Tokens("checklist-23", secret, cookie);
        var hint = tokens.GetProperty("id_token").GetString();
        using var done = await oauth.Browse(
            $"/connect/logout?id_token_hint={hint}&state=s&post_logout_redirect_uri={Uri.EscapeDataString("https://app.example/bye")}", cookie);
        done.Headers.Location!.ToString().ShouldStartWith("https://app.example/bye");
        (await Sessions("user-23")).ShouldBe(0);
        (await IsActive("checklist-23", secret!, tokens, "access_token")).ShouldBeFalse();
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Refresh(string client, string? secret, string token) => oauth.Token(
        ("grant_type", "refresh_token"), ("client_id", client), ("client_secret", secret!), ("refresh_token", token));

    private async Task<bool> IsActive(string client, string secret, JsonElement tokens, string kind)
    {
        var (status, body) = await oauth.Post(
            "/connect/introspect", ("client_id", client), ("client_secret", secret), ("token", tokens.GetProperty(kind).GetString()!));
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body.GetProperty("active").GetBoolean();
    }

    private async Task<int> Sessions(string user) =>
        (await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user).List()).Length;

    private async Task<JsonElement> Discovery() =>
        JsonSerializer.Deserialize<JsonElement>(await host.Public.GetStringAsync("/.well-known/openid-configuration", Cancel));
}
