using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Server;

/// <summary>A client application and a browser, as the authorization server sees them.</summary>
internal sealed partial class OAuth(GatehouseHost host)
{
    public const string Redirect = "https://app.example/callback";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Challenge { get; } = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>Makes a client of its own for the test.</summary>
    /// <returns>Its secret; null for a public one.</returns>
    public async Task<string?> Client(string id, object? document = null)
    {
        document ??= new
        {
            name = "An app",
            grants = new[] { "client_credentials", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code" },
            redirectUris = new[] { Redirect },
            postLogoutRedirectUris = new[] { "https://app.example/bye" },
            scopes = new[] { "books", "profile", "roles", "openid", "offline_access" },
            trusted = true,
        };
        using var response = await host.Management.PutAsJsonAsync($"/admin/v1/clients/{id}", document, Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancel));
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return body.TryGetProperty("secret", out var secret) ? secret.GetString() : null;
    }

    /// <summary>Signs a user in.</summary>
    /// <returns>The browser's cookie.</returns>
    public async Task<SessionCookie> SignIn(string user)
    {
        var cookie = SessionCookie.Create();
        var start = new SessionStart(cookie.SessionId, cookie.Hash, user, $"Name of {user}", ["librarian"], ["pwd"], "Test", "127.0.0.1");
        (await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user).Start(start)).ShouldBeTrue();
        return cookie;
    }

    /// <summary>Posts a form, and reads the JSON that is answered.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, params (string Name, string Value)[] form)
    {
        using var response = await host.Public.PostAsync(path, Form(form), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> Token(params (string Name, string Value)[] form) => Post("/connect/token", form);

    /// <summary>The browser goes to a page of the authorization server.</summary>
    public async Task<HttpResponseMessage> Browse(string address, SessionCookie? cookie, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(form.Length == 0 ? HttpMethod.Get : HttpMethod.Post, address);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", $"{SessionCookie.Name}={cookie.Value}");
        }

        if (form.Length > 0)
        {
            request.Content = Form(form);
        }

        return await host.Public.SendAsync(request, Cancel);
    }

    /// <summary>The parameters of a code request that is right.</summary>
    public static Dictionary<string, string> CodeRequest(string client, string scope = "openid books offline_access") => new()
    {
        ["client_id"] = client,
        ["response_type"] = "code",
        ["redirect_uri"] = Redirect,
        ["scope"] = scope,
        ["state"] = "st4te",
        ["nonce"] = "n0nce",
        ["code_challenge"] = Challenge,
        ["code_challenge_method"] = "S256",
    };

    public static string Address(Dictionary<string, string> request) => QueryHelpers.AddQueryString("/connect/authorize", request.Select(field => KeyValuePair.Create(field.Key, (string?)field.Value)));

    /// <summary>What the browser is sent back to the client with.</summary>
    public async Task<Dictionary<string, string>> Authorize(SessionCookie cookie, Dictionary<string, string> request)
    {
        using var response = await Browse(Address(request), cookie);
        return Returned(response);
    }

    public static Dictionary<string, string> Returned(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBeOneOf(HttpStatusCode.Found, HttpStatusCode.SeeOther);
        var location = response.Headers.Location!.ToString();
        location.ShouldStartWith(Redirect + "?");
        return QueryHelpers.ParseQuery(new Uri(location).Query).ToDictionary(field => field.Key, field => field.Value.ToString());
    }

    /// <summary>A code, and what redeems it.</summary>
    public async Task<(string Name, string Value)[]> Code(string client, string? secret, SessionCookie cookie, string scope = "openid books offline_access")
    {
        var returned = await Authorize(cookie, CodeRequest(client, scope));
        return
        [
            ("grant_type", "authorization_code"), ("client_id", client), .. secret is null ? Array.Empty<(string, string)>() : [("client_secret", secret)],
            ("code", returned["code"]), ("redirect_uri", Redirect), ("code_verifier", Verifier),
        ];
    }

    /// <summary>Tokens of a user, by code.</summary>
    public async Task<JsonElement> Tokens(string client, string? secret, SessionCookie cookie, string scope = "openid books offline_access")
    {
        var (status, body) = await Token(await Code(client, secret, cookie, scope));
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    /// <summary>The content of a JWT, not verified.</summary>
    public static JsonElement Content(string token) => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(token.Split('.')[1]));

    public static JsonElement Header(string token) => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(token.Split('.')[0]));

    /// <summary>The hidden fields of a page's form.</summary>
    public static async Task<(string Name, string Value)[]> Hidden(HttpResponseMessage page) =>
    [
        .. HiddenField().Matches(await page.Content.ReadAsStringAsync(Cancel))
            .Select(match => (match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value))),
    ];

    private static FormUrlEncodedContent Form((string Name, string Value)[] form) =>
        new(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)" ?/?>""")]
    private static partial Regex HiddenField();
}
