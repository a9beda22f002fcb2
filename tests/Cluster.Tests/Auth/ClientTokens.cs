using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>A client that gets tokens for itself, uses them on a route that asks for one, and revokes them.</summary>
internal sealed class ClientTokens
{
    private const string Client = "revoker";
    private const string Service = "GUARDED";
    private const string Path = "/guarded/ping";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string secret;

    private ClientTokens(string secret) => this.secret = secret;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes the client, and the route to the instance.</summary>
    public static async Task<ClientTokens> Make(GatehouseProcess door, CountingInstance instance)
    {
        await new RegistryClient(Patience).Register(door, Service, "i", instance.Address, leaseSeconds: 3600, eureka: false);
        using var route = await door.Management.PutAsJsonAsync(
            "/admin/v1/routes/guarded", new { match = new { path = "/guarded/{**rest}" }, to = new { service = Service }, auth = "authenticated" }, Cancel);
        route.StatusCode.ShouldBe(HttpStatusCode.Created, await route.Content.ReadAsStringAsync(Cancel));
        using var client = await door.Management.PutAsJsonAsync($"/admin/v1/clients/{Client}", new { grants = new[] { "client_credentials" } }, Cancel);
        client.StatusCode.ShouldBe(HttpStatusCode.Created, await client.Content.ReadAsStringAsync(Cancel));
        return new ClientTokens((await client.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("secret").GetString()!);
    }

    /// <summary>A new token, asked for until there is one.</summary>
    public Task<string> Issue(GatehouseProcess door) => Eventually.Get(
        async () =>
        {
            var (status, body) = await Post(door, "/connect/token", ("grant_type", "client_credentials"));
            return status == HttpStatusCode.OK ? JsonElement.Parse(body).GetProperty("access_token").GetString() : null;
        },
        Patience,
        door.Process.Log);

    /// <summary>Uses a token until it is accepted: the front door has verified it then, and remembers it.</summary>
    public static Task UseUntilAccepted(GatehouseProcess door, string token) =>
        Answered(door, async () => await Use(door, token) == HttpStatusCode.OK);

    /// <summary>Uses a token once.</summary>
    /// <returns>The status; 0 when there was no answer.</returns>
    public static async Task<HttpStatusCode> Use(GatehouseProcess door, string token)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, Path);
        message.Headers.Add(CountingInstance.SentAtHeader, "0");
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await door.Public.SendAsync(message, Cancel);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !Cancel.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>Revokes a token; again until that is answered with success.</summary>
    /// <returns>How long it took, and how often it was asked for.</returns>
    public async Task<(TimeSpan Took, int Asked)> Revoke(GatehouseProcess door, string token)
    {
        var began = Stopwatch.GetTimestamp();
        var asked = 0;
        await Answered(door, async () =>
        {
            asked++;
            return (await Post(door, "/connect/revoke", ("token", token))).Status == HttpStatusCode.OK;
        });
        return (Stopwatch.GetElapsedTime(began), asked);
    }

    private static Task Answered(GatehouseProcess door, Func<Task<bool>> ask) => Eventually.Holds(ask, Patience, door.Process.Log);

    private async Task<(HttpStatusCode Status, string Body)> Post(GatehouseProcess door, string path, (string Name, string Value) field)
    {
        using var content = new FormUrlEncodedContent(
            new[] { field, ("client_id", Client), ("client_secret", secret) }.Select(one => KeyValuePair.Create(one.Item1, one.Item2)));
        try
        {
            using var response = await door.Public.PostAsync(path, content, Cancel);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !Cancel.IsCancellationRequested)
        {
            return (0, "");
        }
    }
}
