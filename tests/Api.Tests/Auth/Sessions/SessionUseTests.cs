using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Tests.Auth.Management;
using Gatehouse.Api.Tests.Auth.Server;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Sessions;

public sealed class SessionUseTests(ShiftedHost shifted) : IClassFixture<ShiftedHost>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checklist3_a_session_whose_tokens_are_used_does_not_idle()
    {
        var cookie = await new OAuth(shifted.Host).SignIn("token-user");
        var token = await ClusterTokens.Make(shifted.Host, "gatehouse.read", claims => claims["sid"] = cookie.SessionId);
        var session = shifted.Host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(cookie.SessionId);
        var begun = (await session.Find())!;
        shifted.Time.Advance(TimeSpan.FromMinutes(2));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/routes");
        request.Headers.Host = "ops.example";
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await shifted.Host.Management.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Until.Holds(async () => (await session.Find())!.LastSeenAt > begun.LastSeenAt.AddMinutes(1));
    }

    [Theory]
    [InlineData(61, 1)]
    [InlineData(45, 16)]
    public async Task Checklist3_a_cookie_and_a_refresh_token_are_worth_nothing_once_the_session_has_idled_or_lasted_too_long(int minutes, int uses)
    {
        var oauth = new OAuth(shifted.Host);
        var id = $"checklist-3-{minutes}";
        var secret = await oauth.Client(id);
        var cookie = await oauth.SignIn(id);
        var refresh = (await oauth.Tokens(id, secret, cookie)).GetProperty("refresh_token").GetString()!;
        (await Page(cookie)).ShouldBe(HttpStatusCode.OK);

        // An hour without use is too long; twelve hours are, however busy they were.
        for (var i = 0; i < uses; i++)
        {
            shifted.Time.Advance(TimeSpan.FromMinutes(minutes));
            (await Page(cookie)).ShouldBe(i < uses - 1 ? HttpStatusCode.OK : HttpStatusCode.Redirect, $"after {(i + 1) * minutes} minutes");
        }

        (await oauth.Token(("grant_type", "refresh_token"), ("client_id", id), ("client_secret", secret!), ("refresh_token", refresh))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Checklist3_no_token_outlives_its_session()
    {
        var oauth = new OAuth(shifted.Host);
        var secret = await oauth.Client("checklist-3-end");
        var cookie = await oauth.SignIn("checklist-3-end");
        var tokens = await oauth.Tokens("checklist-3-end", secret, cookie);
        tokens.GetProperty("expires_in").GetInt32().ShouldBeGreaterThan(250);
        for (var i = 0; i < 15; i++)
        {
            shifted.Time.Advance(TimeSpan.FromMinutes(i == 0 ? 28 : 49));
            (await Page(cookie)).ShouldBe(HttpStatusCode.OK);
        }

        // Two minutes are left of twelve hours.
        shifted.Time.Advance(TimeSpan.FromMinutes(4));
        var (status, refreshed) = await oauth.Token(
            ("grant_type", "refresh_token"), ("client_id", "checklist-3-end"), ("client_secret", secret!), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!));

        status.ShouldBe(HttpStatusCode.OK, refreshed.ToString());
        refreshed.GetProperty("expires_in").GetInt32().ShouldBeInRange(1, 120);
        OAuth.Content(refreshed.GetProperty("access_token").GetString()!).TryGetProperty("session_end", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Checklist1_the_store_has_the_hash_of_a_handle_and_never_the_handle()
    {
        var cookie = await new OAuth(shifted.Host).SignIn("checklist-1");
        var handle = cookie.Value.Split('.')[1];
        string[] files = [.. Directory.GetFiles(shifted.Host.DataPath, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))];

        (await Any(files, Convert.ToBase64String(cookie.Hash.AsSpan()))).ShouldBeTrue("what is looked for would be found");
        (await Any(files, handle)).ShouldBeFalse();
        (await Any(files, Convert.ToBase64String(Base64Url.DecodeFromChars(handle)))).ShouldBeFalse();
    }

    [Fact]
    public async Task Checklist2_the_handle_before_is_refused_at_the_gateway_as_soon_as_there_is_another()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await Put("/registry/v1/services/renewed/instances/1", new { address = upstream.Address });
        await Put("/admin/v1/routes/renewed", new { match = new { path = "/renewed/{**rest}" }, to = new { service = "renewed" } });
        var before = await new OAuth(shifted.Host).SignIn("renewing");
        (await Use(before)).ShouldBe(HttpStatusCode.OK);

        var after = before.Renew();
        var session = shifted.Host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(before.SessionId);
        (await session.Renew(before.Hash, after.Hash, ["pwd"])).ShouldNotBeNull();

        (await Use(before)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Use(after)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> Use(SessionCookie cookie)
        {
            using var response = await new OAuth(shifted.Host).Browse("/renewed/x", cookie);
            return response.StatusCode;
        }

        async Task Put(string path, object document)
        {
            using var response = await shifted.Host.Management.PutAsJsonAsync(path, document, Cancel);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
        }
    }

    private async Task<HttpStatusCode> Page(SessionCookie cookie)
    {
        using var response = await new OAuth(shifted.Host).Browse("/connect/verify", cookie);
        return response.StatusCode;
    }

    private static async Task<bool> Any(string[] files, string text)
    {
        // As JSON has it: + is written as an escape there.
        byte[][] forms = [Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(text.Replace("+", "\\u002B", StringComparison.Ordinal))];
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Cancel);
            if (forms.Any(form => copy.GetBuffer().AsSpan(0, (int)copy.Length).IndexOf(form) >= 0))
            {
                return true;
            }
        }

        return false;
    }
}
