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
    public async Task A_person_changes_what_logging_in_takes_by_the_keyboard_and_without_a_script()
    {
        await using var window = await chromium.Open(shifted, script: false);
        var page = window.Page;
        var ada = new Person(shifted);
        await ada.SignUp(window);

        // After a while, a change takes the password again.
        shifted.Time.Advance(TimeSpan.FromMinutes(10));
        await page.GotoAsync("/account/password");
        await window.Heading("Confirm that it is you");
        await window.Photograph("again");
        await page.GetByLabel("Password").FillAsync(Person.Password);
        await window.PressByKeyboard("Confirm");
        await window.Heading("Change your password");
        await window.Photograph("password");
        await page.GetByLabel("New password").FillAsync("password");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("among those that are guessed first").WaitForAsync();
        await window.Photograph("password-refused");
        await page.GetByLabel("New password").FillAsync(Person.Password + " loudly");
        await window.PressByKeyboard("Change the password");
        await window.Heading("Your account");
        await window.Photograph("account-changed");

        await page.GotoAsync("/account/email");
        await window.Photograph("email");
        await page.GetByLabel("E-mail address").FillAsync("not an address at all");
        await page.GotoAsync("/account/email/confirm?email=new%40example.com&token=x");
        await window.Photograph("email-confirm");
        await window.PressByKeyboard("Change it");
        await window.Heading("The address was not changed");

        // An authenticator app, other recovery codes, and one of them to log in with.
        await page.GotoAsync("/account/authenticator");
        await window.Click("Cannot scan it?");
        ada.AddToApp(await page.Locator("code.key").InnerTextAsync());
        await page.GetByLabel("Enter the code").FillAsync(ada.NextCode());
        await window.PressByKeyboard("Switch on");
        await window.Heading("Your recovery codes");
        await page.GotoAsync("/account/recovery-codes");
        await window.Photograph("recovery-codes-new");
        await window.PressByKeyboard("Make new ones");
        var code = await page.Locator(".codes li").First.InnerTextAsync();
        await window.Click("I have kept them");
        await window.Photograph("account-with-app");
        await window.PressByKeyboard("Log out");
        await ada.EnterPassword(window, Person.Password + " loudly");
        await window.Click("Use a recovery code instead");
        await window.Photograph("recovery");
        await page.GetByLabel("Recovery code").FillAsync(code);
        await window.PressByKeyboard("Log in");
        await window.Heading("Your account");
        await page.GotoAsync("/account/authenticator/remove");
        await window.Photograph("authenticator-remove");
        await window.PressByKeyboard("Switch it off");
        await window.Heading("Your account");
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
