using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Grains.Tests.Identity.Clients;

public sealed class ClientRulesTests
{
    private static readonly Client Web = new()
    {
        Id = "web", Grants = [ClientGrants.AuthorizationCode], RedirectUris = ["https://app.example/callback"], Scopes = ["openid", "books:read"],
    };

    [Fact]
    public void Check_of_a_good_client_finds_nothing() => ClientRules.Check(Web).ShouldBeEmpty();

    [Theory]
    [InlineData("https://app.example/callback?tenant=1")]
    [InlineData("http://127.0.0.1:7000/callback")]
    [InlineData("http://localhost/callback")]
    [InlineData("http://[::1]:7000/")]
    [InlineData("com.example.app:/done")]
    public void Check_takes_redirect_uris_of_web_local_and_native_apps(string uri) =>
        ClientRules.Check(Web with { RedirectUris = [uri] }).ShouldBeEmpty();

    [Theory]
    [InlineData("http://app.example/callback")]
    [InlineData("https://app.example/callback#fragment")]
    [InlineData("https://*.example/callback")]
    [InlineData("https://user:password@app.example/callback")]
    [InlineData("/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("app:/done")]
    [InlineData("https://app.example/call back")]
    [InlineData("")]
    public void Check_refuses_redirect_uris_that_others_could_have(string uri) =>
        ClientRules.Check(Web with { RedirectUris = [uri] }).Keys.ShouldBe(["redirectUris"]);

    [Theory]
    [InlineData(ClientGrants.ClientCredentials)]
    [InlineData(ClientGrants.TokenExchange)]
    public void Check_refuses_a_public_client_that_would_act_alone(string grant) =>
        ClientRules.Check(new Client { Id = "app", Public = true, Grants = [grant] }).Keys.ShouldBe(["grants"]);

    [Fact]
    public void Check_names_every_field_that_is_wrong() =>
        ClientRules.Check(new Client
        {
            Id = "a b", Grants = ["password"], Scopes = ["with space"], Audiences = [""], Roles = ["\"quoted\""], BackChannelLogoutUri = "ftp://x/",
        }).Keys.ShouldBe(["id", "grants", "scopes", "audiences", "roles", "backChannelLogoutUri"], ignoreOrder: true);

    [Fact]
    public void Secret_matches_itself_alone_and_is_not_kept()
    {
        var (secret, kept) = ClientSecret.Make();

        secret.Length.ShouldBe(43);
        kept.Matches(secret).ShouldBeTrue();
        kept.Matches(secret + "x").ShouldBeFalse();
        kept.Matches("").ShouldBeFalse();
        ClientSecret.Of(secret).Hash.ToArray().ShouldNotBe(kept.Hash.ToArray());
        System.Text.Json.JsonSerializer.Serialize(kept).ShouldNotContain(secret);
    }
}
