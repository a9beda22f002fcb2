using System.Diagnostics;
using System.Net;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Auth.Users;

/// <summary>Signing up, logging in and out, as browsers do it.</summary>
[Collection(SharedGatehouse.Name)]
public sealed class LoginTests(GatehouseHost host)
{
    private const string SessionCookie = "__Host-gatehouse-session";

    [Fact]
    public async Task Sign_up_proves_the_address_then_asks_for_a_password_and_logs_in()
    {
        var (browser, email) = await Browser.SignUp(host);

        await browser.Get("/account");

        browser.Status.ShouldBe(HttpStatusCode.OK);
        browser.Text.ShouldContain(email);
        browser.Text.ShouldContain("Test Person");
        browser.Text.ShouldContain("Firefox on Linux");
    }

    [Fact]
    public async Task Sign_up_link_makes_one_account()
    {
        var (_, email) = await Browser.SignUp(host);
        var browser = new Browser(host);
        await browser.Get(await Browser.LinkIn(host, email, "complete"));

        await browser.Submit("/account/sign-up/complete", ("password", "another password entirely"));

        browser.Status.ShouldBe(HttpStatusCode.Conflict);
        await browser.LogIn(email);
        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task Sign_up_refuses_a_weak_password_and_keeps_the_link()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        var browser = new Browser(host);
        await browser.Get("/account/sign-up");
        await browser.Submit("/account/sign-up", ("email", email));
        await browser.Get(await Browser.LinkIn(host, email));
        await browser.Submit("/account/sign-up/complete", ("password", "password"));
        browser.Status.ShouldBe(HttpStatusCode.BadRequest);

        await browser.Submit("/account/sign-up/complete", ("password", Browser.Password));

        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task Sign_up_can_be_switched_off()
    {
        await using var closed = await GatehouseHost.Start(["--Gatehouse:Auth:Users:SignUp=false"]);
        var browser = new Browser(closed);

        await browser.Get("/account/sign-up");
        browser.Status.ShouldBe(HttpStatusCode.NotFound);
        await browser.Get("/account/sign-up/complete?token=x");
        browser.Status.ShouldBe(HttpStatusCode.NotFound);
        await browser.Get("/account/login");
        browser.Text.ShouldNotContain("sign-up");
    }

    [Fact]
    public async Task Pages_of_an_account_lead_to_the_login_and_back()
    {
        var (_, email) = await Browser.SignUp(host);
        var browser = new Browser(host);

        await browser.Get("/account/password");
        browser.Location.ShouldBe("/account/login?returnUrl=%2Faccount%2Fpassword");
        await browser.Get(browser.Location!);
        await browser.Submit("/account/login", ("login", email.ToUpperInvariant()), ("password", Browser.Password));

        browser.Location.ShouldBe("/account/password");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Login_leads_nowhere_else(string returnUrl)
    {
        var (_, email) = await Browser.SignUp(host);
        var browser = new Browser(host);
        await browser.Get($"/account/login?returnUrl={Uri.EscapeDataString(returnUrl)}");

        await browser.Submit("/account/login", ("login", email), ("password", Browser.Password), ("returnUrl", returnUrl));

        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task A_login_for_a_client_goes_on_by_a_page_because_a_form_must_not_lead_elsewhere()
    {
        var (_, email) = await Browser.SignUp(host);
        var browser = new Browser(host);
        await browser.Get("/account/login?returnUrl=%2Fconnect%2Fauthorize%3Fclient_id%3Dx%26scope%3Dopenid");

        await browser.Submit("/account/login", ("login", email), ("password", Browser.Password));

        browser.Status.ShouldBe(HttpStatusCode.OK);
        browser.Text.ShouldContain("content=\"0;url=/connect/authorize?client_id=x&amp;scope=openid\"");
    }

    [Fact]
    public async Task Checklist2_each_login_gives_a_new_session_and_ends_the_one_before()
    {
        var (browser, email) = await Browser.SignUp(host);
        var before = browser.Copy();
        var cookie = browser.Cookies[SessionCookie];

        await browser.LogIn(email);

        browser.Cookies[SessionCookie].ShouldNotBe(cookie);
        browser.Cookies[SessionCookie].Split('.')[0].ShouldNotBe(cookie.Split('.')[0]);
        await before.Get("/account");
        before.Status.ShouldBe(HttpStatusCode.Found);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist2_logging_in_again_gives_a_new_handle_and_the_old_one_is_worth_nothing()
    {
        var (browser, _) = await Browser.SignUp(host);
        var before = browser.Copy();
        var cookie = browser.Cookies[SessionCookie];

        await browser.Get("/account/reauthenticate");
        await browser.Submit("/account/reauthenticate", ("password", Browser.Password));

        browser.Location.ShouldBe("/account");
        browser.Cookies[SessionCookie].ShouldNotBe(cookie);
        browser.Cookies[SessionCookie].Split('.')[0].ShouldBe(cookie.Split('.')[0]);
        await before.Get("/account");
        before.Status.ShouldBe(HttpStatusCode.Found);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist6_users_list_their_sessions_and_end_each()
    {
        var (browser, email) = await Browser.SignUp(host);
        var phone = new Browser(host) { UserAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1" };
        await phone.LogIn(email);
        await browser.Get("/account");
        browser.Text.ShouldContain("Safari on iPhone");

        await browser.Submit("/account/sessions/end", ("sid", phone.Cookies[SessionCookie].Split('.')[0]));

        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        browser.Text.ShouldNotContain("Safari on iPhone");
        await phone.Get("/account");
        phone.Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Logging_out_ends_the_session_and_takes_the_cookie_away()
    {
        var (browser, _) = await Browser.SignUp(host);
        var copy = browser.Copy();
        await browser.Get("/account");

        await browser.Submit("/account/logout");

        browser.Cookies.ContainsKey(SessionCookie).ShouldBeFalse();
        await copy.Get("/account");
        copy.Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Checklist8_cookies_are_bound_to_the_host_secure_and_small()
    {
        var (browser, email) = await Browser.SignUp(host);
        await AuthenticatorApp.SetUp(browser, TimeProvider.System);
        var other = new Browser(host);
        var seen = new List<string>();
        await other.Get("/account/login");
        seen.AddRange(other.SetCookies);
        await other.LogIn(email);
        seen.AddRange(other.SetCookies);
        await browser.LogIn(email, "wrong");
        await browser.Get("/account/login");
        var login = new Browser(host);
        var (_, second) = await Browser.SignUp(host);
        await login.LogIn(second);
        seen.AddRange(login.SetCookies);

        seen.Select(cookie => cookie.Split('=')[0]).ShouldBe(
            ["__Host-gatehouse-csrf", "__Host-gatehouse-login", "__Host-gatehouse-session", "__Host-gatehouse-device", "__Host-gatehouse-login"], ignoreOrder: true);
        seen.ShouldAllBe(cookie => cookie.StartsWith("__Host-", StringComparison.Ordinal)
            && cookie.Contains("; path=/", StringComparison.OrdinalIgnoreCase)
            && cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase)
            && cookie.Contains("; httponly", StringComparison.OrdinalIgnoreCase)
            && cookie.Contains("; samesite=", StringComparison.OrdinalIgnoreCase)
            && !cookie.Contains("domain=", StringComparison.OrdinalIgnoreCase)
            && cookie.Length <= 4096);
    }

    [Fact]
    public async Task Checklist9_a_form_without_its_token_does_nothing()
    {
        var (browser, email) = await Browser.SignUp(host);
        foreach (var path in new[] { "/account/sessions/end-others", "/account/logout", "/account/password", "/account/authenticator/remove", "/account/passkeys/remove" })
        {
            await browser.Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("password", "some other password")]) });
            browser.Status.ShouldBe(HttpStatusCode.Forbidden, path);
        }

        await browser.Get("/account");
        browser.Text.ShouldContain(email);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Checklist9_another_sites_form_does_nothing_even_with_a_token(string header, string value)
    {
        var (browser, _) = await Browser.SignUp(host);
        await browser.Get("/account");
        var token = System.Text.RegularExpressions.Regex.Match(browser.Text, "__RequestVerificationToken\" value=\"([^\"]*)").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account/logout")
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]),
        };
        request.Headers.TryAddWithoutValidation(header, value);

        await browser.Send(request);

        browser.Status.ShouldBe(HttpStatusCode.Forbidden);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist9_get_changes_nothing()
    {
        var (browser, email) = await Browser.SignUp(host);
        foreach (var path in new[] { "/account/logout", "/account/sessions/end-others", "/account/sessions/end", "/account/authenticator", "/account/recovery-codes", "/account/authenticator/remove", "/account/email/confirm?email=x@example.com&token=y" })
        {
            await browser.Get(path);
            ((int)browser.Status).ShouldBeLessThan(500, path);
        }

        await browser.Get("/account");
        browser.Text.ShouldContain(email);
        browser.Text.ShouldContain("Set up");
    }

    [Fact]
    public async Task Checklist10_no_token_reaches_the_browser()
    {
        var (browser, _) = await Browser.SignUp(host);
        foreach (var path in new[] { "/account", "/account/login", "/account/password", "/account/authenticator", "/account/email" })
        {
            await browser.Get(path);
            browser.Text.ShouldNotMatch(@"eyJ[\w-]+\.eyJ");
            browser.Text.ShouldNotContain(browser.Cookies[SessionCookie].Split('.')[1]);
        }

        browser.Cookies.Values.ShouldAllBe(value => !value.Contains(".eyJ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checklist27_unknown_and_known_names_give_the_same_answer()
    {
        var (_, email) = await Browser.SignUp(host);
        var known = new Browser(host);
        await known.LogIn(email, "wrong password 1");
        var unknown = new Browser(host);
        await unknown.LogIn($"{Guid.NewGuid():N}@example.com", "wrong password 1");

        known.Status.ShouldBe(HttpStatusCode.Unauthorized);
        unknown.Status.ShouldBe(known.Status);
        Neutral(unknown.Text).ShouldBe(Neutral(known.Text));
        unknown.SetCookies.Count.ShouldBe(known.SetCookies.Count);
    }

    [Fact]
    public async Task Checklist27_unknown_and_known_names_take_the_same_time()
    {
        await using var other = await GatehouseHost.Start(
            ["--Gatehouse:Auth:Users:AttemptsPerAccountAndAddress=1000", "--Gatehouse:Auth:Users:AttemptsPerAddress=10000", "--Gatehouse:Auth:Users:AttemptsPerAccount=10000"]);
        var (_, email) = await Browser.SignUp(other);
        var browser = new Browser(other);
        // The same again and again, as the known: what counts the attempts of a name begins with its first.
        var stranger = $"{Guid.NewGuid():N}@example.com";
        List<double> known = [], unknown = [];
        for (var i = 0; i < 25; i++)
        {
            known.Add(await Time(browser, email));
            unknown.Add(await Time(browser, stranger));
        }

        // Without the hash of nobody's password the unknown would be done in a tenth of the time.
        var ratio = unknown.Order().ElementAt(12) / known.Order().ElementAt(12);
        ratio.ShouldBeInRange(0.6, 1.67);
    }

    [Fact]
    public async Task Checklist27_sign_up_and_reset_tell_nothing_of_accounts()
    {
        var (_, email) = await Browser.SignUp(host);
        foreach (var path in new[] { "/account/sign-up", "/account/forgot" })
        {
            var known = new Browser(host);
            await known.Get(path);
            await known.Submit(path, ("email", email));
            var unknown = new Browser(host);
            var stranger = $"{Guid.NewGuid():N}@example.com";
            await unknown.Get(path);
            await unknown.Submit(path, ("email", stranger));

            known.Status.ShouldBe(HttpStatusCode.OK);
            unknown.Status.ShouldBe(known.Status);
            Neutral(unknown.Text).Replace(stranger, "", StringComparison.Ordinal).ShouldBe(Neutral(known.Text).Replace(email, "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("login", "<script>")]
    [InlineData("login", "\ud83d\ude00")]
    [InlineData("returnUrl", "/%0d%0aX:1")]
    public async Task Odd_input_is_answered_in_good_order(string field, string value)
    {
        var browser = new Browser(host);
        await browser.Get("/account/login");

        await browser.Submit("/account/login", ("login", "x"), ("password", "y"), (field, value));

        browser.Status.ShouldBe(HttpStatusCode.Unauthorized);
        browser.Text.ShouldNotContain("<script>");
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused()
    {
        var browser = new Browser(host);
        await browser.Get("/account/login");
        foreach (var content in new HttpContent[]
        {
            new StringContent("login=%00", System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"),
            new StringContent(new string('x', 300_000), System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"),
            new StringContent("--x", System.Text.Encoding.ASCII, "multipart/form-data"),
            new StringContent("{}", System.Text.Encoding.ASCII, "application/json"),
        })
        {
            await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/account/login") { Content = content });
            ((int)browser.Status).ShouldBeInRange(400, 499);
        }
    }

    private static async Task<double> Time(Browser browser, string login)
    {
        await browser.Get("/account/login");
        var started = Stopwatch.GetTimestamp();
        await browser.Submit("/account/login", ("login", login), ("password", "a wrong password"));
        browser.Status.ShouldBe(HttpStatusCode.Unauthorized);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    // What differs with every answer: the antiforgery token and what was typed.
    private static string Neutral(string page) => System.Text.RegularExpressions.Regex.Replace(
        System.Text.RegularExpressions.Regex.Replace(page, "(__RequestVerificationToken\" value=\")[^\"]*", "$1"),
        "(name=\"login\" value=\")[^\"]*", "$1");
}
