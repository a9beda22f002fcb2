using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Gatehouse.Api.Auth.Sessions;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A user who logs in by the page, as there is no way past it into a front door that is its own cluster.</summary>
internal sealed partial class EmbeddedUser(string name)
{
    private const string Password = "violet tractor seldom hums";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<EmbeddedUser> Make(HttpClient management, string name)
    {
        using var response = await management.PostAsJsonAsync("/admin/v1/users", new { login = name, password = Password }, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Cancel));
        return new EmbeddedUser(name);
    }

    /// <summary>Logs in with another browser.</summary>
    /// <param name="door">Follows no redirects, and keeps no cookies.</param>
    /// <returns>The cookie of the session that has begun.</returns>
    public async Task<string> LogIn(HttpClient door)
    {
        using var page = await door.GetAsync(new Uri("/account/login", UriKind.Relative), Cancel);
        var token = Token().Match(await page.Content.ReadAsStringAsync(Cancel)).Groups["token"].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account/login")
        {
            Headers = { { "Cookie", string.Join("; ", Cookies(page)) } },
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = token, ["returnUrl"] = "/account", ["login"] = name, ["password"] = Password,
            }),
        };
        using var response = await door.SendAsync(request, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Found, await response.Content.ReadAsStringAsync(Cancel));
        return Cookies(response).Single(cookie => cookie.StartsWith(SessionCookie.Name, StringComparison.Ordinal))[(SessionCookie.Name.Length + 1)..];
    }

    private static IEnumerable<string> Cookies(HttpResponseMessage response) =>
        response.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]);

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*? value="(?<token>[^"]+)""")]
    private static partial Regex Token();
}
