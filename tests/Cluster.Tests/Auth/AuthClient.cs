using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Cluster.Tests.Harness;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Silo;
using Gatehouse.Silo.Clustering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A client of the authorization server of a cluster, and its users, who sign in past the pages.</summary>
internal sealed class AuthClient : IAsyncDisposable
{
    private const string Id = "app";
    private const string Redirect = "https://app.example/callback";

    private readonly WebApplication grains;
    private readonly string secret;

    private AuthClient(WebApplication grains, string secret)
    {
        this.grains = grains;
        this.secret = secret;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AuthClient> Make(GatehouseCluster cluster)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.AddClusterClient(new SiloOptions { Redis = cluster.Redis.Connection });
        var grains = builder.Build();
        await grains.StartAsync(Cancel);
        using var response = await cluster.FrontDoors[0].Management.PutAsJsonAsync($"/admin/v1/clients/{Id}", new
        {
            grants = new[] { "authorization_code", "refresh_token" }, redirectUris = new[] { Redirect }, scopes = new[] { "offline_access" }, trusted = true,
        }, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        return new AuthClient(grains, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("secret").GetString()!);
    }

    /// <summary>A refresh token of a user who has just signed in.</summary>
    public async Task<string> Begin(GatehouseProcess door, string user)
    {
        var cookie = SessionCookie.Create();
        (await grains.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user)
            .Start(new SessionStart(cookie.SessionId, cookie.Hash, user, user, [], ["pwd"], "Test", "127.0.0.1"))).ShouldBeTrue();
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        using var request = new HttpRequestMessage(HttpMethod.Get, QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
        {
            ["client_id"] = Id,
            ["response_type"] = "code",
            ["redirect_uri"] = Redirect,
            ["scope"] = "offline_access",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        }));
        request.Headers.Add("Cookie", $"{SessionCookie.Name}={cookie.Value}");
        using var response = await door.Public.SendAsync(request, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Found, await response.Content.ReadAsStringAsync(Cancel));
        var code = QueryHelpers.ParseQuery(response.Headers.Location!.Query)["code"].ToString();
        var (status, token) = await Post(door, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier));
        status.ShouldBe(HttpStatusCode.OK);
        return token.ShouldNotBeNull();
    }

    /// <summary>Uses a refresh token.</summary>
    /// <returns>The status, and the next refresh token.</returns>
    public Task<(HttpStatusCode Status, string? Next)> Refresh(GatehouseProcess door, string token) =>
        Post(door, ("grant_type", "refresh_token"), ("refresh_token", token));

    /// <summary>Uses a refresh token until the answer is a certain one.</summary>
    public async Task<HttpStatusCode> RefreshUntilKnown(GatehouseProcess door, string token)
    {
        var status = HttpStatusCode.ServiceUnavailable;
        await Eventually.Holds(
            async () =>
            {
                (status, _) = await Refresh(door, token);
                return status < HttpStatusCode.InternalServerError;
            },
            TimeSpan.FromSeconds(60),
            () => $"{status}\n{door.Process.Log()}");
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        await grains.StopAsync(CancellationToken.None);
        await grains.DisposeAsync();
    }

    private async Task<(HttpStatusCode Status, string? Refresh)> Post(GatehouseProcess door, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(
            form.Append(("client_id", Id)).Append(("client_secret", secret)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var response = await door.Public.PostAsync("/connect/token", content, Cancel);
        return response.StatusCode == HttpStatusCode.OK
            ? (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("refresh_token").GetString())
            : (response.StatusCode, null);
    }
}
