using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// Has tokens issued, uses them and revokes them all the time, each step until it is answered. A token that is accepted after
/// its revocation was answered is counted, whenever and wherever that is.
/// </summary>
internal sealed class Revoker : IAsyncDisposable
{
    private const string Client = "revoker";
    private const string Path = "/guarded/ping";

    // Of those that were revoked, the last ones are tried again after the fault.
    private const int Remembered = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource over = new();
    private readonly Entry entry;
    private readonly string secret;
    private readonly Longest wait;
    private readonly Task work;
    private ImmutableList<string> revoked = [];
    private int accepted;
    private int count;

    private Revoker(Entry entry, string secret, Longest wait)
    {
        this.entry = entry;
        this.secret = secret;
        this.wait = wait;
        work = Run();
    }

    /// <summary>Tokens that were used and revoked.</summary>
    public int Revoked => Volatile.Read(ref count);

    /// <summary>How often one was accepted that had been revoked.</summary>
    public int WronglyAccepted => Volatile.Read(ref accepted);

    /// <summary>Makes a route that wants a token, and a client that gets them; <paramref name="wait"/> is told how long each step waits for its answer.</summary>
    public static async Task<Revoker> Start(Entry entry, GatehouseProcess door, string service, Longest wait)
    {
        using var route = await door.Management.PutAsJsonAsync("/admin/v1/routes/guarded", new
        {
            match = new { path = "/guarded/{**rest}" }, to = new { service }, rewrite = new { removePrefix = "/guarded" }, auth = "authenticated",
        });
        route.StatusCode.ShouldBe(HttpStatusCode.Created, await route.Content.ReadAsStringAsync());
        using var client = await door.Management.PutAsJsonAsync($"/admin/v1/clients/{Client}", new { grants = new[] { "client_credentials" } });
        client.StatusCode.ShouldBe(HttpStatusCode.Created, await client.Content.ReadAsStringAsync());
        return new Revoker(entry, (await client.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!, wait);
    }

    /// <summary>Tries what was revoked before once more.</summary>
    public async Task Recheck(GatehouseProcess door)
    {
        foreach (var token in revoked)
        {
            using var message = Use(token);
            using var response = await door.Public.SendAsync(message);
            Judge(response.StatusCode);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await work;
        over.Dispose();
    }

    private static HttpRequestMessage Use(string token) => new(HttpMethod.Get, Path)
    {
        Headers =
        {
            { CountingInstance.SentAtHeader, "0" },
            { "Authorization", new AuthenticationHeaderValue("Bearer", token).ToString() },
        },
    };

    private async Task Run()
    {
        while (!over.IsCancellationRequested)
        {
            if (await Until("issue", Issue) is not { } issued)
            {
                return;
            }

            var token = JsonElement.Parse(issued).GetProperty("access_token").GetString()!;
            if (await Until("use", () => Use(token)) is null || await Until("revoke", () => Revoke(token)) is null)
            {
                return;
            }

            Interlocked.Increment(ref count);
            // As often as it takes to come to each front door.
            for (var use = 0; use < 4; use++)
            {
                Judge((await Try(() => Use(token)))?.Status);
            }

            revoked = [.. revoked.TakeLast(Remembered - 1), token];
        }
    }

    private void Judge(HttpStatusCode? status)
    {
        if (status == HttpStatusCode.OK)
        {
            Interlocked.Increment(ref accepted);
        }
    }

    private HttpRequestMessage Issue() => Post("/connect/token", ("grant_type", "client_credentials"));

    private HttpRequestMessage Revoke(string token) => Post("/connect/revoke", ("token", token));

    private HttpRequestMessage Post(string path, (string Name, string Value) field) => new(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(
            new[] { field, ("client_id", Client), ("client_secret", secret) }.Select(one => KeyValuePair.Create(one.Item1, one.Item2))),
    };

    // Sends it until it succeeds; null when there is no time left.
    private async Task<string?> Until(string step, Func<HttpRequestMessage> request)
    {
        var first = Stopwatch.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            if (await Try(request) is { Status: HttpStatusCode.OK } answer)
            {
                wait.Add(first, $"{step} of a token");
                return answer.Body;
            }
        }

        return null;
    }

    // Null: the front door went away before it answered.
    private async Task<(HttpStatusCode Status, string Body)?> Try(Func<HttpRequestMessage> request)
    {
        await Task.Delay(Pause);
        try
        {
            using var response = await entry.Send(request, management: false, CancellationToken.None);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
