using System.Net;
using System.Text.RegularExpressions;
using OtpNet;

namespace Gatehouse.Api.Tests.Auth.Users;

/// <summary>A user's authenticator app.</summary>
internal sealed partial class AuthenticatorApp(string key, TimeProvider time)
{
    private readonly Totp totp = new(Base32Encoding.ToBytes(key));

    /// <summary>Sets the app up for the user of a browser, who has just logged in.</summary>
    public static async Task<(AuthenticatorApp App, string[] RecoveryCodes)> SetUp(Browser browser, TimeProvider time)
    {
        await browser.Get("/account/authenticator");
        var app = new AuthenticatorApp(Key().Match(browser.Text).Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal), time);
        await browser.Submit("/account/authenticator", ("code", app.Code()));
        if (browser.Status == HttpStatusCode.BadRequest)
        {
            // The code changed on the way.
            await browser.Submit("/account/authenticator", ("code", app.Code()));
        }

        browser.Status.ShouldBe(HttpStatusCode.OK, browser.Text);
        return (app, [.. RecoveryCode().Matches(browser.Text).Select(match => match.Groups["code"].Value)]);
    }

    /// <summary>The code of now.</summary>
    public string Code() => totp.ComputeTotp(time.GetUtcNow().UtcDateTime);

    [GeneratedRegex("""<code class="key">(?<key>[A-Z2-7 ]+)</code>""")]
    private static partial Regex Key();

    [GeneratedRegex("<code>(?<code>[A-Z0-9-]{29})</code>")]
    private static partial Regex RecoveryCode();
}
