using System.Net;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Auth.Server;

[Collection(SharedGatehouse.Name)]
public sealed class ConsentTests(GatehouseHost host)
{
    private const string Client = "consent-reader";

    private readonly OAuth oauth = new(host);

    [Fact]
    public async Task Withdrawn_consent_ends_every_token_of_the_client_and_is_asked_for_again()
    {
        var secret = await oauth.Client(Client, new
        {
            name = "Reader",
            grants = new[] { "authorization_code", "refresh_token" },
            redirectUris = new[] { OAuth.Redirect },
            scopes = new[] { "books", "openid", "offline_access" },
        });
        var other = await oauth.Client(Client + "-other");
        var (browser, _) = await Browser.SignUp(host);
        var tokens = await Allow(browser, secret!);
        SessionCookie.TryParse(browser.Cookies[SessionCookie.Name], out var session).ShouldBeTrue();
        var others = await oauth.Tokens(Client + "-other", other, session);
        var (neighbour, _) = await Browser.SignUp(host);
        var neighbours = await Allow(neighbour, secret!);
        await browser.Get("/account");
        browser.Text.ShouldContain("Reader");
        WebUtility.HtmlDecode(browser.Text).ShouldContain("use “books” on your behalf");

        await browser.Submit("/account/applications/withdraw");

        browser.Location.ShouldBe("/account?done=withdrawn");
        (await IsActive(Client, secret!, tokens)).ShouldBeFalse();
        (await Refresh(Client, secret!, tokens)).GetProperty("error").GetString().ShouldBe("invalid_grant");
        (await IsActive(Client, secret!, neighbours)).ShouldBeTrue();
        (await IsActive(Client + "-other", other!, others)).ShouldBeTrue();
        (await Refresh(Client + "-other", other!, others)).TryGetProperty("access_token", out _).ShouldBeTrue();
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        browser.Text.ShouldNotContain("Reader");
        await browser.Get(OAuth.Address(OAuth.CodeRequest(Client)));
        browser.Text.ShouldContain("Allow Reader?");
    }

    private async Task<JsonElement> Allow(Browser browser, string secret)
    {
        await browser.Get(OAuth.Address(OAuth.CodeRequest(Client)));
        await browser.Submit("/connect/authorize", ("decision", "allow"));
        var code = OAuth.Returned(browser.Response)["code"];
        var (status, tokens) = await oauth.Token(
            ("grant_type", "authorization_code"), ("client_id", Client), ("client_secret", secret), ("code", code), ("redirect_uri", OAuth.Redirect), ("code_verifier", OAuth.Verifier));
        status.ShouldBe(HttpStatusCode.OK, tokens.ToString());
        (await IsActive(Client, secret, tokens)).ShouldBeTrue();
        return tokens;
    }

    private async Task<bool> IsActive(string client, string secret, JsonElement tokens)
    {
        var (_, body) = await oauth.Post(
            "/connect/introspect", ("client_id", client), ("client_secret", secret), ("token", tokens.GetProperty("access_token").GetString()!));
        return body.GetProperty("active").GetBoolean();
    }

    private async Task<JsonElement> Refresh(string client, string secret, JsonElement tokens) => (await oauth.Token(
        ("grant_type", "refresh_token"), ("client_id", client), ("client_secret", secret), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!))).Body;
}
