using System.Text.RegularExpressions;
using Gatehouse.Api.Tests.Auth;
using MimeKit;
using OtpNet;

namespace Gatehouse.Browser.Tests;

/// <summary>Somebody with an e-mail address, a password and perhaps an authenticator app.</summary>
internal sealed partial class Person(ShiftedHost gatehouse)
{
    public const string Password = "violet tractor seldom hums";

    private Totp? app;

    public string Email { get; } = $"{Guid.NewGuid().ToString("N")[..12]}@example.com";

    /// <summary>Signs up, by what a person sees and clicks.</summary>
    public async Task SignUp(Window window)
    {
        var page = window.Page;
        await page.GotoAsync("/account/login");
        await window.Photograph("login");
        await window.Click("Create an account");
        await window.Photograph("sign-up");
        await page.GetByLabel("E-mail address").FillAsync(Email);
        await window.Click("Send me the link");
        await page.GetByText("We have sent a mail").WaitForAsync();
        await window.Photograph("check-mail");
        await page.GotoAsync(await Mail());
        await window.Photograph("complete-sign-up");
        await page.GetByLabel("Your name").FillAsync("Ada Lovelace");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await window.Heading("Your account");
    }

    /// <summary>Gives the address and the password to the login page that is shown.</summary>
    public async Task EnterPassword(Window window, string password = Password)
    {
        await window.Page.GetByLabel("E-mail address or user name").FillAsync(Email);
        await window.Page.GetByLabel("Password").FillAsync(password);
        await window.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Takes the key into the authenticator app.</summary>
    public void AddToApp(string key) => app = new Totp(Base32Encoding.ToBytes(key.Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>The code that the app shows next; none is good twice.</summary>
    public string NextCode()
    {
        gatehouse.Time.Advance(TimeSpan.FromSeconds(30));
        return app!.ComputeTotp(gatehouse.Time.GetUtcNow().UtcDateTime);
    }

    private async Task<string> Mail()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Path.Combine(gatehouse.Host.DataPath, "mail");
        for (var i = 0; i < 600; i++)
        {
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
            {
                var text = await File.ReadAllTextAsync(file, cancel);
                if (text.Contains(Email, StringComparison.Ordinal)
                    && (await MimeMessage.LoadAsync(file, cancel)).TextBody is { } body
                    && Link().Match(body) is { Success: true } link)
                {
                    return new Uri(link.Value).PathAndQuery;
                }
            }

            await Task.Delay(50, cancel);
        }

        throw new TimeoutException($"No mail to {Email}.");
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}
