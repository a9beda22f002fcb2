using System.Net;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Users;

/// <summary>Second factors, fresh credentials, resets.</summary>
public sealed class FactorTests(ShiftedHost shifted) : IClassFixture<ShiftedHost>
{
    private readonly GatehouseHost host = shifted.Host;

    [Fact]
    public async Task Checklist29_a_code_works_once_and_recovery_codes_are_stored_hashed()
    {
        var (browser, email) = await Browser.SignUp(host);
        var (app, recovery) = await AuthenticatorApp.SetUp(browser, shifted.Time);
        recovery.Length.ShouldBe(10);

        var first = new Browser(host);
        await first.LogIn(email);
        first.Location.ShouldBe("/account/login/factor");
        await first.Get(first.Location!);
        (await Enter(first, app.Code())).ShouldBeFalse("the app was set up with this one");
        shifted.Time.Advance(TimeSpan.FromSeconds(30));
        var code = app.Code();
        (await Enter(first, code)).ShouldBeTrue(first.Text);

        var second = new Browser(host);
        await second.LogIn(email);
        await second.Get("/account/login/factor");
        (await Enter(second, code)).ShouldBeFalse("the code was used");

        var user = await Find(email);
        user.RecoveryCodes.Length.ShouldBe(10);
        user.RecoveryCodes.ShouldAllBe(hash => hash.Length == 44 && !recovery.Contains(hash));
        user.TotpSecret.ShouldNotBeNull().Length.ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task Checklist29_of_parallel_logins_with_one_code_one_succeeds()
    {
        var (browser, email) = await Browser.SignUp(host);
        var (app, _) = await AuthenticatorApp.SetUp(browser, shifted.Time);
        var id = (await Find(email)).Id;
        var browsers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            var one = new Browser(host);
            await one.LogIn(email);
            await one.Get("/account/login/factor");
            return one;
        }));
        shifted.Time.Advance(TimeSpan.FromSeconds(30));
        var code = app.Code();

        var results = await Task.WhenAll(browsers.Select(one => Enter(one, code)));

        results.Count(succeeded => succeeded).ShouldBe(1);
        (await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserGrain>(id).Find())!.LastTotpStep.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Checklist29_a_code_is_good_in_its_own_30_seconds_only()
    {
        var (browser, email) = await Browser.SignUp(host);
        var (app, _) = await AuthenticatorApp.SetUp(browser, shifted.Time);
        shifted.Time.Advance(TimeSpan.FromSeconds(30));
        var before = app.Code();
        shifted.Time.Advance(TimeSpan.FromSeconds(30));
        var login = new Browser(host);
        await login.LogIn(email);
        await login.Get("/account/login/factor");

        (await Enter(login, before)).ShouldBeFalse();
        (await Enter(login, app.Code())).ShouldBeTrue(login.Text);
    }

    [Fact]
    public async Task Checklist29_a_recovery_code_works_once()
    {
        var (browser, email) = await Browser.SignUp(host);
        var (_, recovery) = await AuthenticatorApp.SetUp(browser, shifted.Time);

        (await Recover(email, recovery[0].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal))).ShouldBeTrue();
        (await Recover(email, recovery[0])).ShouldBeFalse();
        (await Recover(email, recovery[1])).ShouldBeTrue();
        (await Recover(email, "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")).ShouldBeFalse();
        (await Find(email)).RecoveryCodes.Length.ShouldBe(8);
    }

    [Fact]
    public async Task The_second_factor_is_of_no_use_without_the_first()
    {
        var browser = new Browser(host);

        await browser.Get("/account/login/factor");

        browser.Location.ShouldBe("/account/login");
    }

    [Fact]
    public async Task Checklist5_changing_a_factor_offers_to_end_the_other_sessions()
    {
        var (browser, email) = await Browser.SignUp(host);
        var (kept, ended) = (new Browser(host), new Browser(host));
        await kept.LogIn(email);
        await browser.Get("/account/password");
        browser.Text.ShouldContain("name=\"endOthers\" checked");
        await browser.Submit("/account/password", ("password", "a quite different password"));
        await kept.Get("/account");
        kept.Status.ShouldBe(HttpStatusCode.OK, "the box was not ticked");

        await ended.LogIn(email, "a quite different password");
        await browser.Get("/account/password");
        await browser.Submit("/account/password", ("password", "and yet another password"), ("endOthers", "on"));

        browser.Location.ShouldBe("/account?done=password");
        await ended.Get("/account");
        ended.Status.ShouldBe(HttpStatusCode.Found);
        await kept.Get("/account");
        kept.Status.ShouldBe(HttpStatusCode.Found);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist7_changes_of_credentials_take_a_fresh_login()
    {
        var (browser, _) = await Browser.SignUp(host);
        await browser.Get("/account/authenticator");
        browser.Status.ShouldBe(HttpStatusCode.OK);
        var filled = browser.Copy();
        await filled.Get("/account/password");

        shifted.Time.Advance(TimeSpan.FromMinutes(6));

        foreach (var path in new[] { "/account/password", "/account/email", "/account/email/confirm", "/account/authenticator", "/account/authenticator/remove", "/account/recovery-codes" })
        {
            await browser.Get(path);
            browser.Location.ShouldBe($"/account/reauthenticate?returnUrl={Uri.EscapeDataString(path)}");
        }

        await filled.Submit("/account/password", ("password", "a quite different password"));
        filled.Location.ShouldBe("/account/reauthenticate?returnUrl=%2Faccount");
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.OK, "the account page itself does not");
        await browser.Get("/account/reauthenticate?returnUrl=%2Faccount%2Femail");
        await browser.Submit("/account/reauthenticate", ("password", "wrong"));
        browser.Status.ShouldBe(HttpStatusCode.Unauthorized);
        await browser.Submit("/account/reauthenticate", ("password", Browser.Password));
        browser.Location.ShouldBe("/account/email");
        await browser.Get("/account/email");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist7_a_fresh_login_takes_the_second_factor_too()
    {
        var (browser, _) = await Browser.SignUp(host);
        await AuthenticatorApp.SetUp(browser, shifted.Time);

        await browser.Get("/account/reauthenticate?returnUrl=%2Faccount%2Femail");
        await browser.Submit("/account/reauthenticate", ("password", Browser.Password));

        browser.Location.ShouldBe("/account/login/factor");
    }

    [Fact]
    public async Task Checklist30_a_reset_ends_all_sessions_and_never_passes_the_second_factor_by()
    {
        var (browser, email) = await Browser.SignUp(host);
        await AuthenticatorApp.SetUp(browser, shifted.Time);
        var other = new Browser(host);
        await other.Get("/account/forgot");
        await other.Submit("/account/forgot", ("email", email));
        var link = await Browser.LinkIn(host, email, "account/reset");
        await other.Get(link);

        await other.Submit("/account/reset", ("password", "a quite different password"));

        other.Location.ShouldNotBeNull().ShouldStartWith("/account/login?done=password");
        other.Cookies.ContainsKey("__Host-gatehouse-session").ShouldBeFalse();
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.Found);
        await other.LogIn(email);
        other.Status.ShouldBe(HttpStatusCode.Unauthorized, "the old password is gone");
        await other.LogIn(email, "a quite different password");
        other.Location.ShouldBe("/account/login/factor");
        (await Find(email)).TwoFactor.ShouldBeTrue();
        var again = new Browser(host);
        await again.Get(link);
        await again.Submit("/account/reset", ("password", "a third password altogether"));
        again.Status.ShouldBe(HttpStatusCode.BadRequest, "the link works once");
    }

    [Fact]
    public async Task The_email_address_changes_once_the_new_one_is_proven()
    {
        var (browser, email) = await Browser.SignUp(host);
        var next = $"{Guid.NewGuid():N}@example.com";
        await browser.Get("/account/email");
        await browser.Submit("/account/email", ("email", next));
        var link = await Browser.LinkIn(host, next);
        await browser.Get("/account");
        browser.Text.ShouldContain(email);
        await browser.Get(link);
        await browser.Submit("/account/email/confirm");
        browser.Location.ShouldBe("/account?done=email", browser.Text);

        var other = new Browser(host);
        await other.LogIn(next);
        other.Location.ShouldBe("/account");
        await other.LogIn(email);
        other.Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Nobody_takes_the_address_of_another_account()
    {
        var (browser, _) = await Browser.SignUp(host);
        var (_, taken) = await Browser.SignUp(host);
        await using var scope = host.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<Accounts>();
        await browser.Get("/account/email");

        await browser.Submit("/account/email", ("email", taken));

        browser.Status.ShouldBe(HttpStatusCode.OK);
        (await accounts.FindByEmailAsync(taken))!.User.Name.ShouldBe("Test Person");
    }

    private static async Task<bool> Enter(Browser browser, string code)
    {
        await browser.Submit("/account/login/factor", ("code", code));
        return browser.Location == "/account";
    }

    private async Task<bool> Recover(string email, string code)
    {
        var browser = new Browser(host);
        await browser.LogIn(email);
        await browser.Get("/account/login/recovery");
        await browser.Submit("/account/login/recovery", ("code", code));
        return browser.Location == "/account";
    }

    private async Task<User> Find(string email)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<Accounts>().FindByEmailAsync(email))!.User;
    }
}
