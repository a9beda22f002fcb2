using System.Net;
using System.Text.RegularExpressions;
using Gatehouse.Api.Tests.Hosting;
using MimeKit;

namespace Gatehouse.Api.Tests.Auth;

/// <summary>
/// A browser without scripts: keeps cookies as one on http://localhost would, follows no redirect by itself, sends a page's
/// forms with their hidden fields.
/// </summary>
internal sealed partial class Browser(GatehouseHost host)
{
    public const string Password = "violet tractor seldom hums";

    private readonly Dictionary<string, string> cookies = [];

    /// <summary>The cookies by name.</summary>
    public IReadOnlyDictionary<string, string> Cookies => cookies;

    /// <summary>The last <c>Set-Cookie</c> headers.</summary>
    public IReadOnlyList<string> SetCookies { get; private set; } = [];

    /// <summary>The last page.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The last status.</summary>
    public HttpStatusCode Status { get; private set; }

    /// <summary>Where the last answer leads; null when nowhere.</summary>
    public string? Location { get; private set; }

    /// <summary>The headers of the last answer.</summary>
    public HttpResponseMessage Response { get; private set; } = null!;

    public string UserAgent { get; set; } = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    /// <summary>The address that a proxy in front says the browser has.</summary>
    public string? ForwardedFor { get; init; }

    /// <summary>A new user with a browser that is logged in.</summary>
    public static async Task<(Browser Browser, string Email)> SignUp(GatehouseHost host)
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        var browser = new Browser(host);
        await browser.Get("/account/sign-up");
        await browser.Submit("/account/sign-up", ("email", email));
        await browser.Get(await LinkIn(host, email));
        await browser.Submit("/account/sign-up/complete", ("name", "Test Person"), ("password", Password));
        browser.Location.ShouldBe("/account", browser.Text);
        return (browser, email);
    }

    /// <summary>The link in the newest mail to an address.</summary>
    public static async Task<string> LinkIn(GatehouseHost host, string email, string containing = "account/")
    {
        var folder = Path.Combine(host.DataPath, "mail");
        for (var i = 0; i < 200; i++)
        {
            foreach (var file in (Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : []).OrderDescending())
            {
                if (await Read(file) is { } mail
                    && mail.To.Mailboxes.Any(to => to.Address == email)
                    && Link().Match(mail.TextBody ?? "") is { Success: true } link
                    && link.Value.Contains(containing, StringComparison.Ordinal))
                {
                    return new Uri(link.Value).PathAndQuery;
                }
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"No mail to {email}.");
    }

    public Task Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Sends the form of the page with this action, with the fields filled in.</summary>
    public Task Submit(string action, params (string Name, string Value)[] fields)
    {
        var form = Form().Matches(Text).FirstOrDefault(form => WebUtility.HtmlDecode(form.Groups["action"].Value) == action)
            ?? throw new InvalidOperationException($"The page has no form {action}: {Text}");
        var values = Hidden().Matches(form.Value).ToDictionary(
            hidden => hidden.Groups["name"].Value, hidden => WebUtility.HtmlDecode(hidden.Groups["value"].Value));
        foreach (var (name, value) in fields)
        {
            values[name] = value;
        }

        return Send(new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(values) });
    }

    /// <summary>Logs in with a password.</summary>
    public async Task LogIn(string login, string password = Password)
    {
        await Get("/account/login");
        await Submit("/account/login", ("login", login), ("password", password));
    }

    public async Task Send(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (ForwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", ForwardedFor);
        }

        if (cookies.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        Response = await host.Public.SendAsync(request, TestContext.Current.CancellationToken);
        Status = Response.StatusCode;
        Location = Response.Headers.Location?.OriginalString;
        Text = await Response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        SetCookies = Response.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
        foreach (var cookie in SetCookies)
        {
            var (name, value) = (cookie[..cookie.IndexOf('=', StringComparison.Ordinal)], cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..cookie.IndexOf(';', StringComparison.Ordinal)]);
            if (value.Length == 0)
            {
                cookies.Remove(name);
            }
            else
            {
                cookies[name] = value;
            }
        }
    }

    /// <summary>A browser with the same cookies.</summary>
    public Browser Copy()
    {
        var copy = new Browser(host) { UserAgent = UserAgent };
        foreach (var (name, value) in cookies)
        {
            copy.cookies[name] = value;
        }

        return copy;
    }

    /// <summary>Takes a cookie away.</summary>
    public void Forget(string cookie) => cookies.Remove(cookie);

    private static async Task<MimeMessage?> Read(string file)
    {
        try
        {
            return await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
        }
        // It is being written.
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex("""<form [^>]*?action="(?<action>[^"]*)".*?</form>""", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)"[^>]*? value="(?<value>[^"]*)""")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}
