using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Cluster.Tests.Harness;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Silo;
using Gatehouse.Silo.Clustering;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A client of the authorization server of a cluster, and its users, who sign in past the pages.</summary>
internal sealed class AuthClient : IAsyncDisposable
{
    private readonly WebApplication grains;
    private readonly OAuthClient client;

    private AuthClient(WebApplication grains, OAuthClient client)
    {
        this.grains = grains;
        this.client = client;
    }

    /// <summary>The client's id, its own in each test.</summary>
    public string Id => client.Id;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AuthClient> Make(GatehouseCluster cluster, string? backChannelLogoutUri = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.AddClusterClient(new SiloOptions { Redis = cluster.Redis.Connection });
        var grains = builder.Build();
        await grains.StartAsync(Cancel);
        return new AuthClient(grains, await OAuthClient.Make(cluster.FrontDoors[0].Management, backChannelLogoutUri));
    }

    /// <summary>A refresh token of a user who has just signed in.</summary>
    public async Task<string> Begin(GatehouseProcess door, string user) => (await SignIn(door, user)).Refresh;

    /// <summary>What the client and the browser have of a user who has just signed in.</summary>
    public async Task<(string Refresh, string Access, SessionCookie Cookie)> SignIn(GatehouseProcess door, string user)
    {
        var cookie = SessionCookie.Create();
        (await grains.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user)
            .Start(new SessionStart(cookie.SessionId, cookie.Hash, user, user, [], ["pwd"], "Test", "127.0.0.1"))).ShouldBeTrue();
        var (refresh, access) = await client.Authorize(door.Public, cookie.Value);
        return (refresh, access, cookie);
    }

    /// <summary>Revokes a token.</summary>
    public Task<HttpStatusCode> Revoke(GatehouseProcess door, string token) => client.Revoke(door.Public, token);

    /// <summary>Uses a refresh token.</summary>
    public Task<TokenAnswer> Refresh(GatehouseProcess door, string token) => client.Refresh(door.Public, token);

    /// <summary>Uses a refresh token until the answer is a certain one.</summary>
    public async Task<HttpStatusCode> RefreshUntilKnown(GatehouseProcess door, string token)
    {
        var status = HttpStatusCode.ServiceUnavailable;
        await Eventually.Holds(
            async () =>
            {
                status = (await Refresh(door, token)).Status;
                return status < HttpStatusCode.InternalServerError;
            },
            TimeSpan.FromSeconds(60),
            () => $"{status}\n{door.Process.Log()}");
        return status;
    }

    /// <summary>The content of a JWT, not verified.</summary>
    public static JsonElement Content(string token) => JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));

    public async ValueTask DisposeAsync()
    {
        await grains.StopAsync(CancellationToken.None);
        await grains.DisposeAsync();
    }
}
