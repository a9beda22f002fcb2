using Gatehouse.Api.Tests.Auth;

namespace Gatehouse.Browser.Tests;

/// <summary>The account pages in a real browser: every step by what a person sees and clicks.</summary>
[Collection(SharedBrowser.Name)]
public sealed class AccountTests(Chromium chromium, ShiftedHost shifted)
{
    [Fact]
    public async Task A_person_signs_up_logs_in_with_code_and_with_passkey_and_ends_a_session()
    {
        await using var window = await chromium.Open(shifted);
        var page = window.Page;
        var ada = new Person(shifted);
        await ada.SignUp(window);
        var cookies = await window.Context.CookiesAsync();
        cookies.ShouldContain(cookie => cookie.Name == "__Host-gatehouse-session" && cookie.Secure && cookie.HttpOnly, "on http://localhost");

        // Sets up an authenticator app.
        await window.Click("Set up");
        await page.Locator(".qr svg").WaitForAsync();
        await window.Photograph("authenticator");
        await window.Click("Cannot scan it?");
        ada.AddToApp(await page.Locator("code.key").InnerTextAsync());
        await page.GetByLabel("Enter the code").FillAsync(ada.NextCode());
        await window.Click("Switch on");
        await window.Heading("Your recovery codes");
        (await page.Locator(".codes li").CountAsync()).ShouldBe(10);
        await window.Photograph("recovery-codes");
        await window.Click("I have kept them");

        // Logs out, and in with a code.
        await window.Click("Log out");
        await page.GetByText("You are logged out").WaitForAsync();
        await ada.EnterPassword(window);
        await window.Heading("Enter the code");
        await window.Photograph("factor");
        await page.GetByLabel("Code").FillAsync("000000");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("The code is wrong").WaitForAsync();
        await window.Photograph("factor-wrong");
        await page.GetByLabel("Code").FillAsync(ada.NextCode());
        await page.Keyboard.PressAsync("Enter");
        await window.Heading("Your account");

        // Adds a passkey, logs out, and in with it.
        await window.AddAuthenticator();
        await page.GetByLabel("Name of the passkey").FillAsync("My key");
        await window.Click("Add a passkey");
        await page.GetByText("The passkey is added").WaitForAsync();
        await window.Photograph("account");
        await window.Click("Log out");
        await window.Click("Use a passkey");
        await window.Heading("Your account");
        await page.GetByText("My key").WaitForAsync();

        // Ends the session in another browser, which is out.
        await using var other = await chromium.Open(shifted);
        await other.Page.GotoAsync("/account/login");
        await ada.EnterPassword(other);
        await other.Page.GetByLabel("Code").FillAsync(ada.NextCode());
        await other.Page.Keyboard.PressAsync("Enter");
        await other.Heading("Your account");
        await page.ReloadAsync();
        await window.Photograph("account-sessions");
        await page.Locator(".cards > li").Filter(new() { HasNotText = "This one" }).GetByLabel("End the session of").ClickAsync();
        await page.GetByText("The session is ended").WaitForAsync();
        await other.Page.ReloadAsync();
        await other.Heading("Log in");

        // And ends its own.
        await page.Locator(".cards > li").Filter(new() { HasText = "This one" }).GetByLabel("End the session of").ClickAsync();
        await page.GetByText("You are logged out").WaitForAsync();
        await page.GotoAsync("/account");
        await window.Heading("Log in");
        window.ShouldHaveNoComplaints();
    }

    [Fact]
    public async Task The_rest_of_the_pages_fit_a_desktop_and_a_phone()
    {
        await using var window = await chromium.Open(shifted);
        var page = window.Page;
        await page.GotoAsync("/account/forgot");
        await window.Photograph("forgot");
        await page.GotoAsync("/account/reset?user=x&token=y");
        await window.Photograph("reset");
        await page.GotoAsync("/account/logout");
        await window.Photograph("logout");
        await page.GotoAsync("/account/sign-up/complete?token=x");
        await window.Photograph("message");
        await page.GotoAsync("/account/login");
        await new Person(shifted).EnterPassword(window);
        await page.GetByText("The name or the password is wrong").WaitForAsync();
        await window.Photograph("login-wrong");
        window.ShouldHaveNoComplaints();
    }
}
