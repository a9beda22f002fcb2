using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Auth;
using Microsoft.Playwright;

namespace Gatehouse.Browser.Tests;

/// <summary>The pages that applications send people to, in a browser without script.</summary>
[Collection(SharedBrowser.Name)]
public sealed class ApplicationTests(Chromium chromium, ShiftedHost shifted)
{
    // Of RFC 7636, appendix B.
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    // The address is what is waited for; an application's page has nothing to load.
    private static readonly PageWaitForURLOptions Committed = new() { WaitUntil = WaitUntilState.Commit };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_allows_an_application_connects_a_device_and_logs_out_without_script()
    {
        await using var application = await Application.Start();
        await MakeClient(application);
        var authorize = $"/connect/authorize?client_id=shop&response_type=code&redirect_uri={Uri.EscapeDataString(application.Address)}%2Fcallback"
            + $"&scope=openid+profile+orders+offline_access&state=s&code_challenge={Challenge}&code_challenge_method=S256";
        await using var window = await chromium.Open(shifted, script: false);
        var page = window.Page;
        var ada = new Person(shifted);
        await ada.SignUp(window);
        await window.Click("Log out");

        // Logs in on the way, is asked, refuses, is asked again, and allows by the keyboard.
        await page.GotoAsync(authorize);
        await window.Heading("Log in");
        await ada.EnterPassword(window);
        await window.Heading("Allow Book shop?");
        await page.GetByText("Ada Lovelace").WaitForAsync();
        await window.Photograph("consent");
        await window.Click("Do not allow");
        await page.WaitForURLAsync(url => url.StartsWith($"{application.Address}/callback?", StringComparison.Ordinal) && url.Contains("error=access_denied", StringComparison.Ordinal), Committed);
        await page.GotoAsync(authorize);
        await window.PressByKeyboard("Allow");
        await page.WaitForURLAsync(url => url.StartsWith($"{application.Address}/callback?", StringComparison.Ordinal) && url.Contains("code=", StringComparison.Ordinal), Committed);

        // Connects a device.
        var code = await DeviceCode();
        await page.GotoAsync("/connect/verify");
        await window.Photograph("device");
        await page.GetByLabel("The code that the device shows").FillAsync("000000000000");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("This code is not known").WaitForAsync();
        await window.Photograph("device-wrong");
        await page.GetByLabel("The code that the device shows").FillAsync(code.Replace("-", "", StringComparison.Ordinal));
        await page.Keyboard.PressAsync("Enter");
        await window.Heading("Connect Book shop?");
        await page.GetByText(code).WaitForAsync();
        await window.Photograph("device-consent");
        await window.Click("Connect");
        await window.Heading("The device is connected");
        await window.Photograph("device-done");

        // What cannot be sent back to an application is shown.
        await page.GotoAsync("/connect/authorize?client_id=nobody&response_type=code");
        await window.Heading("This request cannot be answered");
        await window.Photograph("error");

        // Logs out for the application.
        await page.GotoAsync($"/connect/logout?client_id=shop&state=s&post_logout_redirect_uri={Uri.EscapeDataString(application.Address)}%2Fbye");
        await window.Heading("Log out?");
        await window.Photograph("end-session");
        await window.PressByKeyboard("Log out");
        await page.WaitForURLAsync($"{application.Address}/bye?state=s", Committed);
        await page.GotoAsync("/account");
        await window.Heading("Log in");
        await page.GotoAsync("/connect/logout");
        await window.Heading("You are logged out");
        await window.Photograph("ended");
        window.ShouldHaveNoComplaints();
    }

    private async Task MakeClient(Application application)
    {
        var client = new
        {
            name = "Book shop",
            @public = true,
            grants = new[] { "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code" },
            redirectUris = new[] { $"{application.Address}/callback" },
            postLogoutRedirectUris = new[] { $"{application.Address}/bye" },
            scopes = new[] { "openid", "profile", "orders", "offline_access" },
        };
        using var made = await shifted.Host.Management.PutAsJsonAsync("/admin/v1/clients/shop", client, Cancel);
        made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<string> DeviceCode()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = "shop", ["scope"] = "openid orders" });
        using var response = await shifted.Host.Public.PostAsync("/connect/device", form, Cancel);
        var device = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return device.GetProperty("user_code").GetString()!;
    }
}
