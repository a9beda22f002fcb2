using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A client of the authorization server, by HTTP alone.</summary>
internal sealed class OAuthClient(string id, string secret)
{
    private const string Redirect = "https://app.example/callback";

    /// <summary>The client's id, its own in each test.</summary>
    public string Id => id;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes one that users need not consent to.</summary>
    public static async Task<OAuthClient> Make(HttpClient management, string? backChannelLogoutUri = null)
    {
        var document = new Dictionary<string, object>
        {
            ["grants"] = new[] { "authorization_code", "refresh_token" },
            ["redirectUris"] = new[] { Redirect },
            ["scopes"] = new[] { "offline_access" },
            ["trusted"] = true,
        };
        if (backChannelLogoutUri is not null)
        {
            document["backChannelLogoutUri"] = backChannelLogoutUri;
        }

        var id = $"app-{Guid.NewGuid():N}";
        using var response = await management.PutAsJsonAsync($"/admin/v1/clients/{id}", document, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return new OAuthClient(id, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("secret").GetString()!);
    }

    /// <summary>Tokens of the user whose browser has this cookie.</summary>
    public async Task<(string Refresh, string Access)> Authorize(HttpClient door, string sessionCookie)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        using var request = new HttpRequestMessage(HttpMethod.Get, QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
        {
            ["client_id"] = id,
            ["response_type"] = "code",
            ["redirect_uri"] = Redirect,
            ["scope"] = "offline_access",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        }));
        request.Headers.Add("Cookie", $"{SessionCookie.Name}={sessionCookie}");
        using var response = await door.SendAsync(request, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Found, await response.Content.ReadAsStringAsync(Cancel));
        var code = QueryHelpers.ParseQuery(response.Headers.Location!.Query)["code"].ToString();
        var answer = await Token(door, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier));
        answer.Status.ShouldBe(HttpStatusCode.OK);
        return (answer.Refresh!, answer.Access!);
    }

    /// <summary>Uses a refresh token.</summary>
    public Task<TokenAnswer> Refresh(HttpClient door, string token) =>
        Token(door, ("grant_type", "refresh_token"), ("refresh_token", token));

    /// <summary>Revokes a token.</summary>
    public async Task<HttpStatusCode> Revoke(HttpClient door, string token) => (await Ask(door, "/connect/revoke", ("token", token))).Status;

    /// <summary>Asks whether a token is worth anything.</summary>
    public async Task<bool> IsActive(HttpClient door, string token)
    {
        var (status, body) = await Ask(door, "/connect/introspect", ("token", token));
        status.ShouldBe(HttpStatusCode.OK);
        return body.GetProperty("active").GetBoolean();
    }

    private async Task<TokenAnswer> Token(HttpClient door, params (string Name, string Value)[] form)
    {
        var (status, body) = await Ask(door, "/connect/token", form);
        return status == HttpStatusCode.OK
            ? new TokenAnswer(status, body.GetProperty("refresh_token").GetString(), body.GetProperty("access_token").GetString())
            : new TokenAnswer(status, null, null);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Ask(HttpClient door, string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(
            form.Append(("client_id", id)).Append(("client_secret", secret)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var response = await door.PostAsync(path, content, Cancel);
        var text = response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(Cancel) : "";
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }
}

/// <summary>What was answered to who asked for tokens.</summary>
/// <param name="Status">The status.</param>
/// <param name="Refresh">The refresh token; null when there is none.</param>
/// <param name="Access">The access token; null when there is none.</param>
internal readonly record struct TokenAnswer(HttpStatusCode Status, string? Refresh, string? Access);
