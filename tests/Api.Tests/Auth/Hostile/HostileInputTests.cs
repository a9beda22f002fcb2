using System.Net;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Hostile;

/// <summary>Whatever is sent to the authorization server and to the pages of accounts, it is answered in good order.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class HostileInputTests(GatehouseHost host)
{
    private const int RequestsPerPath = 40;

    // Answered by OpenIddict before they are routed.
    private static readonly string[] Protocol =
    [
        "/connect/par", "/connect/token", "/connect/device", "/connect/introspect", "/connect/revoke", "/connect/userinfo",
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Wrong_input_is_never_answered_by_a_server_error(int seed)
    {
        var (browser, email) = await Browser.SignUp(host);
        await browser.Get("/account");
        var random = new Random(seed);
        var input = new HostileInput(random, await Good(browser, email));
        var paths = Paths();
        paths.Length.ShouldBeGreaterThan(30);

        foreach (var path in Enumerable.Range(0, RequestsPerPath / 3).SelectMany(_ => paths))
        {
            using var request = input.Next(path);
            var sent = await Describe(request);
            if (random.Next(3) == 0)
            {
                // As somebody who is logged in, with the token of a form.
                request.Headers.Remove("Cookie");
                request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", browser.Cookies.Where(cookie => !path.EndsWith("logout", StringComparison.Ordinal) || !cookie.Key.EndsWith("session", StringComparison.Ordinal)).Select(cookie => $"{cookie.Key}={cookie.Value}")));
            }

            using var response = await host.Public.SendAsync(request, Cancel);

            ((int)response.StatusCode).ShouldBeLessThan(500, sent);
            response.Headers.TryGetValues("X-Injected", out _).ShouldBeFalse(sent);
            var text = await response.Content.ReadAsStringAsync(Cancel);
            text.ShouldNotContain("<script>alert", customMessage: sent);
            text.ShouldNotContain("   at Gatehouse.", customMessage: sent);
            new Uri(host.Public.BaseAddress!, response.Headers.Location ?? new Uri("/", UriKind.Relative)).Host.ShouldNotBe("evil.example", sent);
        }
    }

    [Theory]
    [InlineData("/account/login", "login")]
    [InlineData("/account/forgot", "email")]
    [InlineData("/account/sign-up", "email")]
    public async Task Wrong_input_beside_a_name_tells_nothing_of_whether_there_is_such_a_user(string path, string field)
    {
        var (_, email) = await Browser.SignUp(host);
        var stranger = $"{Guid.NewGuid():N}@example.com";
        string[][] variants =
        [
            [], ["password", ""], ["password", new string('x', 5000)], ["password", "\0"], ["returnUrl", "//evil.example"], ["code", "000000"], ["name", "<b>"],
        ];
        foreach (var extra in variants)
        {
            var known = await Submit(path, field, email, extra);
            var unknown = await Submit(path, field, stranger, extra);

            unknown.Status.ShouldBe(known.Status, string.Join('=', extra));
            unknown.Text.Replace(stranger, "", StringComparison.Ordinal).ShouldBe(known.Text.Replace(email, "", StringComparison.Ordinal));
            unknown.Location.ShouldBe(known.Location);
            unknown.Cookies.ShouldBe(known.Cookies);
        }
    }

    private string[] Paths() =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace("{name}", "pages.css", StringComparison.Ordinal))
            .Where(path => path.StartsWith("/account", StringComparison.Ordinal) || path.StartsWith("/connect", StringComparison.Ordinal))
            .Concat(Protocol)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    // Things that are right, each in its place.
    private async Task<IReadOnlyList<string>> Good(Browser browser, string email)
    {
        var oauth = new OAuth(host);
        var id = $"hostile-{Guid.NewGuid():N}";
        var secret = await oauth.Client(id);
        var cookie = await oauth.SignIn(id);
        var tokens = await oauth.Tokens(id, secret, cookie);
        var code = await oauth.Code(id, secret, await oauth.SignIn(id + "-2"));
        return
        [
            id, id, id, secret!, secret!, OAuth.Redirect, OAuth.Redirect, OAuth.Challenge, OAuth.Verifier, email, Browser.Password, Token(browser.Text), Token(browser.Text), cookie.Value,
            tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!, tokens.GetProperty("id_token").GetString()!,
            code.Single(field => field.Name == "code").Value, "/account", "openid books",
        ];
    }

    private async Task<(HttpStatusCode Status, string Text, string? Location, string Cookies)> Submit(string path, string field, string name, string[] extra)
    {
        var browser = new Browser(host);
        await browser.Get(path);
        await browser.Submit(path, [(field, name), .. extra.Length == 2 ? [(extra[0], extra[1])] : Array.Empty<(string, string)>()]);
        var text = System.Text.RegularExpressions.Regex.Replace(browser.Text, "(__RequestVerificationToken\" value=\"|\"traceId\":\")[^\"]*", "$1");
        return (browser.Status, text, browser.Location, string.Join(' ', browser.SetCookies.Select(cookie => cookie[..cookie.IndexOf('=', StringComparison.Ordinal)])));
    }

    private static string Token(string page) => System.Text.RegularExpressions.Regex.Match(page, "__RequestVerificationToken\" value=\"([^\"]*)").Groups[1].Value;

    private static async Task<string> Describe(HttpRequestMessage request) =>
        $"{request}\n{(request.Content is null ? "" : Convert.ToBase64String(await request.Content.ReadAsByteArrayAsync(Cancel)))}";
}
