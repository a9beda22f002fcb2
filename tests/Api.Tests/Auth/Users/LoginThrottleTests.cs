using System.Net;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Auth.Users;

/// <summary>Guessing is slowed down, and whom it is aimed at is not.</summary>
public sealed class LoginThrottleTests(LoginThrottleTests.ProxiedHost proxied) : IClassFixture<LoginThrottleTests.ProxiedHost>
{
    private readonly GatehouseHost host = proxied.Host;

    [Fact]
    public async Task Checklist28_parallel_guesses_do_not_exceed_what_one_address_has_for_an_account()
    {
        var (_, email) = await Browser.SignUp(host);

        var guesses = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Guess(email, $"wrong password {i}", "203.0.113.1")));

        guesses.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(5);
        guesses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(15);
        (await Guess(email, Browser.Password, "203.0.113.1")).ShouldBe(HttpStatusCode.TooManyRequests, "nor does the right one tell");
    }

    [Fact]
    public async Task Checklist28_unknown_names_are_slowed_down_alike()
    {
        var name = $"{Guid.NewGuid():N}@example.com";

        var guesses = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Guess(name, $"wrong password {i}", "203.0.113.2")));

        guesses.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(5);
    }

    [Fact]
    public async Task Checklist28_one_address_cannot_try_all_accounts()
    {
        var guesses = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            guesses.Add(await Guess($"{Guid.NewGuid():N}@example.com", "Winter2026!", "2001:db8:1:2::1"));
        }

        guesses.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(30);
        (await Guess("somebody@example.com", "Winter2026!", "2001:db8:1:2:ffff::9")).ShouldBe(HttpStatusCode.TooManyRequests, "it has the whole network");
        (await Guess("somebody@example.com", "Winter2026!", "2001:db8:1:3::1")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Checklist28_nobody_can_lock_out_somebody_else()
    {
        var (browser, email) = await Browser.SignUp(host);
        // From everywhere, until the account takes no more from strangers.
        for (var address = 0; address < 30; address++)
        {
            await Guess(email, "wrong", $"198.51.100.{address}");
        }

        (await Guess(email, Browser.Password, "198.51.100.99")).ShouldBe(HttpStatusCode.TooManyRequests);

        // The user's own browser has attempts of its own, and one too many there locks out nobody either.
        await browser.Get("/account");
        await browser.Submit("/account/logout");
        await browser.LogIn(email);
        browser.Location.ShouldBe("/account", browser.Text);

        // A new browser becomes one of the user's by a mail.
        var fresh = new Browser(host);
        await fresh.Get("/account/forgot");
        await fresh.Submit("/account/forgot", ("email", email));
        await fresh.Get(await Browser.LinkIn(host, email, "account/reset"));
        await fresh.Submit("/account/reset", ("password", "a quite different password"));
        await fresh.LogIn(email, "a quite different password");
        fresh.Location.ShouldBe("/account", fresh.Text);
    }

    [Fact]
    public async Task Checklist28_who_succeeds_uses_up_nothing()
    {
        var (_, email) = await Browser.SignUp(host);

        for (var i = 0; i < 12; i++)
        {
            (await Guess(email, Browser.Password, "203.0.113.7")).ShouldBe(HttpStatusCode.Found);
        }
    }

    /// <summary>A host that believes its callers where they come from.</summary>
    public sealed class ProxiedHost : IAsyncLifetime
    {
        public GatehouseHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await GatehouseHost.Start(
            ["--Gatehouse:TrustedProxies:0=127.0.0.1", "--Gatehouse:Auth:Users:AttemptsPerAccount=20", "--Gatehouse:Auth:Users:AttemptsPerAddress=30"]);

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    private async Task<HttpStatusCode> Guess(string login, string password, string address)
    {
        var browser = new Browser(host) { ForwardedFor = address };
        await browser.LogIn(login, password);
        return browser.Status;
    }
}
