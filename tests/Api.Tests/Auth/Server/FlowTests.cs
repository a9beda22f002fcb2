using System.Net;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Api.Tests.Auth.Server;

[Collection(SharedGatehouse.Name)]
public sealed class FlowTests(GatehouseHost host)
{
    private static readonly string[] Scopes = ["books", "openid", "offline_access"];

    private readonly OAuth oauth = new(host);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_without_session_signs_in_first_and_comes_back()
    {
        await oauth.Client("flow-login");
        var address = OAuth.Address(OAuth.CodeRequest("flow-login"));

        using var response = await oauth.Browse(address, null);

        var location = response.Headers.Location!.ToString();
        location.ShouldStartWith("/account/login?returnUrl=");
        var back = QueryHelpers.ParseQuery(location[location.IndexOf('?', StringComparison.Ordinal)..])["returnUrl"].ToString();
        var cookie = await oauth.SignIn("flow-user");
        using var returned = await oauth.Browse(back, cookie);
        OAuth.Returned(returned).ShouldContainKey("code");
    }

    [Fact]
    public async Task Prompts_and_ages_are_honoured()
    {
        await oauth.Client("flow-prompt");
        var cookie = await oauth.SignIn("flow-user");
        var silent = OAuth.CodeRequest("flow-prompt");
        silent["prompt"] = "none";
        (await oauth.Authorize(cookie, silent)).ShouldContainKey("code");
        using var anonymous = await oauth.Browse(OAuth.Address(silent), null);
        OAuth.Returned(anonymous)["error"].ShouldBe("login_required");

        var again = OAuth.CodeRequest("flow-prompt");
        again["prompt"] = "login";
        using var asked = await oauth.Browse(OAuth.Address(again), cookie);
        asked.Headers.Location!.ToString().ShouldStartWith("/account/login");
        asked.Headers.Location.ToString().ShouldNotContain("prompt%3D");
    }

    [Fact]
    public async Task Consent_is_asked_for_once_and_no_other_site_can_give_it()
    {
        var document = new { name = "<b>Reader</b>", grants = new[] { "authorization_code" }, redirectUris = new[] { OAuth.Redirect }, scopes = Scopes };
        await oauth.Client("flow-consent", document);
        var cookie = await oauth.SignIn("flow-consenter");
        var address = OAuth.Address(OAuth.CodeRequest("flow-consent", "openid books"));

        using var page = await oauth.Browse(address, cookie);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        html.ShouldContain("&lt;b&gt;Reader");
        html.ShouldNotContain("<b>Reader");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        var fields = await OAuth.Hidden(page);

        using var forged = await oauth.Browse("/connect/authorize", cookie, [.. fields.Where(field => field.Name != "ticket"), ("decision", "allow")]);
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var widened = await oauth.Browse(
            "/connect/authorize", cookie, [.. fields.Select(field => field.Name == "scope" ? ("scope", "openid books offline_access") : field), ("decision", "allow")]);
        widened.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var denied = await oauth.Browse("/connect/authorize", cookie, [.. fields, ("decision", "deny")]);
        OAuth.Returned(denied)["error"].ShouldBe("access_denied");
        using var allowed = await oauth.Browse("/connect/authorize", cookie, [.. fields, ("decision", "allow")]);
        OAuth.Returned(allowed).ShouldContainKey("code");

        using var next = await oauth.Browse(address, cookie);
        OAuth.Returned(next).ShouldContainKey("code");
    }

    [Fact]
    public async Task A_pushed_request_is_taken_by_its_client_once()
    {
        var secret = await oauth.Client("flow-par", new
        {
            grants = new[] { "authorization_code" }, redirectUris = new[] { OAuth.Redirect }, scopes = Scopes, trusted = true, requirePushedRequests = true,
        });
        var cookie = await oauth.SignIn("flow-pusher");
        using var direct = await oauth.Browse(OAuth.Address(OAuth.CodeRequest("flow-par", "openid books")), cookie);
        direct.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var (status, pushed) = await oauth.Post(
            "/connect/par", [.. OAuth.CodeRequest("flow-par", "openid books").Select(field => (field.Key, field.Value)), ("client_secret", secret!)]);
        status.ShouldBe(HttpStatusCode.Created, pushed.ToString());
        var request = new Dictionary<string, string> { ["client_id"] = "flow-par", ["request_uri"] = pushed.GetProperty("request_uri").GetString()! };

        (await oauth.Authorize(cookie, request)).ShouldContainKey("code");

        using var again = await oauth.Browse(OAuth.Address(request), cookie);
        again.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        request["client_id"] = "flow-consent";
        using var stolen = await oauth.Browse(OAuth.Address(request), cookie);
        stolen.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("allow")]
    [InlineData("deny")]
    public async Task A_device_is_connected_when_its_user_says_so(string decision)
    {
        await oauth.Client("flow-device", new
        {
            name = "TV", @public = true, grants = new[] { "urn:ietf:params:oauth:grant-type:device_code", "refresh_token" }, scopes = Scopes,
        });
        var cookie = await oauth.SignIn("flow-viewer");
        var (status, device) = await oauth.Post("/connect/device", ("client_id", "flow-device"), ("scope", "openid books offline_access"));
        status.ShouldBe(HttpStatusCode.OK, device.ToString());
        async Task<(HttpStatusCode Status, JsonElement Body)> Poll() => await oauth.Token(
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", "flow-device"), ("device_code", device.GetProperty("device_code").GetString()!));
        (await Poll()).Body.GetProperty("error").GetString().ShouldBe("authorization_pending");

        using var wrong = await oauth.Browse("/connect/verify?user_code=0000-0000-0000", cookie);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var code = device.GetProperty("user_code").GetString()!;
        using var page = await oauth.Browse("/connect/verify?user_code=" + code, cookie);
        page.StatusCode.ShouldBe(HttpStatusCode.OK, await page.Content.ReadAsStringAsync(Cancel));
        var fields = await OAuth.Hidden(page);
        using var forged = await oauth.Browse("/connect/verify", cookie, ("user_code", code), ("decision", "allow"));
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var done = await oauth.Browse("/connect/verify", cookie, [.. fields, ("decision", decision)]);
        done.StatusCode.ShouldBe(HttpStatusCode.Found, await done.Content.ReadAsStringAsync(Cancel));

        var (polled, tokens) = await Poll();
        if (decision == "deny")
        {
            tokens.GetProperty("error").GetString().ShouldBe("access_denied");
            return;
        }

        polled.ShouldBe(HttpStatusCode.OK, tokens.ToString());
        OAuth.Content(tokens.GetProperty("access_token").GetString()!).GetProperty("sub").GetString().ShouldBe("flow-viewer");
        tokens.TryGetProperty("refresh_token", out _).ShouldBeTrue();
        (await Poll()).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
