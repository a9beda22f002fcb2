using Microsoft.Playwright;

namespace Gatehouse.Browser.Tests;

/// <summary>A window of a browser. What its console complains of is kept, and pages are photographed where GATEHOUSE_SCREENSHOTS names a folder.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly List<string> complaints = [];

    public Window(IBrowserContext context, IPage page)
    {
        context.SetDefaultTimeout(30_000);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        Context = context;
        Page = page;
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Nothing was kept from running by the content security policy, or failed. What is refused by a status, the console tells too.</summary>
    public void ShouldHaveNoComplaints() =>
        complaints.ShouldAllBe(complaint => complaint.Contains("status of 40", StringComparison.Ordinal));

    public Task Heading(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true, Level = 1 }).WaitForAsync();

    public Task Click(string text) => Page.GetByText(text, new() { Exact = true }).ClickAsync();

    /// <summary>Gets to a button by the keyboard alone, and presses it.</summary>
    public async Task PressByKeyboard(string button)
    {
        var focused = Page.Locator(":focus");
        for (var i = 0; i < 12; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await focused.CountAsync() == 1 && await focused.InnerTextAsync() == button)
            {
                await Page.Keyboard.PressAsync("Enter");
                return;
            }
        }

        throw new InvalidOperationException($"The keyboard does not get to '{button}'.");
    }

    /// <summary>Plugs in a device that keeps passkeys and verifies its user without asking.</summary>
    public async Task AddAuthenticator()
    {
        var devTools = await Context.NewCDPSessionAsync(Page);
        await devTools.SendAsync("WebAuthn.enable");
        await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }

    /// <summary>Looks at the page as on a desktop and on a phone: nothing sticks out on either, and every field has a name.</summary>
    public async Task Photograph(string name)
    {
        (await Page.Locator("input:not([type=hidden], [type=checkbox])").EvaluateAllAsync<bool>("fields => fields.every(field => field.labels.length === 1)"))
            .ShouldBeTrue($"every field of {name} has a label");
        foreach (var (device, width, height) in new[] { ("desktop", 1280, 900), ("phone", 360, 740) })
        {
            await Page.SetViewportSizeAsync(width, height);
            (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, $"{name} on a {device}");
            if (Environment.GetEnvironmentVariable("GATEHOUSE_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{device}.png"), FullPage = true });
            }
        }
    }

    public async ValueTask DisposeAsync() => await Context.CloseAsync();
}
