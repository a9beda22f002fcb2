using Gatehouse.Api.Tests.Auth;
using Microsoft.Playwright;

namespace Gatehouse.Browser.Tests;

/// <summary>The system's Chromium without a screen. One for all tests; each opens windows that know nothing of each other.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("GATEHOUSE_CHROMIUM") ?? Array.Find(Paths, File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium; ./test.sh installs it.");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            // As root, as in a container, there is no sandbox; the pages are our own.
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            // The first start on a busy machine takes its time.
            Timeout = 60_000,
        });
    }

    /// <summary>Opens a window with cookies of its own.</summary>
    public async Task<Window> Open(ShiftedHost gatehouse, bool script = true)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = $"http://localhost:{gatehouse.Host.Public.BaseAddress!.Port}",
            JavaScriptEnabled = script,
        });
        return new Window(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>Tests that share a browser and a front door.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBrowser : ICollectionFixture<Chromium>, ICollectionFixture<ShiftedHost>
{
    public const string Name = "browser";
}
