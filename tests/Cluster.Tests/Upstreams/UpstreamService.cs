using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Upstreams;

/// <summary>A service of real processes behind a front door with retries, timeouts and circuits, and what its clients see.</summary>
internal sealed class UpstreamService : IAsyncDisposable
{
    /// <summary>So many failed calls open a circuit.</summary>
    public const int Throughput = 5;

    /// <summary>How long a circuit sleeps.</summary>
    public static readonly TimeSpan Sleep = TimeSpan.FromSeconds(1);

    private readonly EmbeddedProcess door;
    private readonly string name = $"S{Guid.NewGuid():N}"[..8].ToUpperInvariant();
    private int count;

    private UpstreamService(EmbeddedProcess door, UpstreamProcess[] instances)
    {
        this.door = door;
        Instances = instances;
    }

    public IReadOnlyList<UpstreamProcess> Instances { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts the processes, and registers them and a route to them.</summary>
    public static async Task<UpstreamService> Start(EmbeddedProcess door, int instances)
    {
        var service = new UpstreamService(door, await Task.WhenAll(Enumerable.Range(0, instances).Select(_ => UpstreamProcess.Start())));
        foreach (var instance in service.Instances)
        {
            await service.Put($"/registry/v1/services/{service.name}/instances/{instance.Name}", new { address = instance.Address, leaseSeconds = 600 });
        }

        await service.Put($"/admin/v1/routes/{service.name}", new
        {
            match = new { path = $"/{service.name}/{{**rest}}" },
            to = new { service = service.name },
            auth = "anonymous",
            timeouts = new { perTry = "700ms", total = "20s" },
            retry = new { attempts = 3, budget = 1.0 },
            circuit = new { minimumThroughput = Throughput, window = "1m", failureRate = 0.1, sleep = $"{Sleep.TotalMilliseconds}ms" },
        });
        return service;
    }

    /// <summary>Calls the service once.</summary>
    public async Task<UpstreamAnswer> Call(HttpMethod? method = null, Version? version = null)
    {
        var id = $"call-{Interlocked.Increment(ref count)}";
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri($"/{name}/x", UriKind.Relative))
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "X-Call", id } },
        };
        using var response = await door.Public.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var by = response.Headers.TryGetValues("Served-By", out var names) ? names.Single() : "";
        try
        {
            return new UpstreamAnswer(id, response.StatusCode, by, await response.Content.ReadAsStringAsync(Cancel));
        }
        // The response has begun and does not end.
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new UpstreamAnswer(id, response.StatusCode, by, null);
        }
    }

    /// <summary>Calls until one instance has answered, which the others do all the while: no call fails.</summary>
    /// <returns>Who answered.</returns>
    public Task UntilAnsweredBy(UpstreamProcess instance) => Eventually.Holds(
        async () =>
        {
            var answer = await Call();
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.ToString());
            return answer.By == instance.Name;
        },
        TimeSpan.FromSeconds(20),
        () => $"{instance.Name} answers again: {door.Process.Log()}");

    /// <summary>The state of an instance's circuit; of the service's own when none is given.</summary>
    public async Task<string> Circuit(UpstreamProcess? instance = null)
    {
        var listing = await door.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/circuits/{name}", Cancel);
        return listing.GetProperty("circuits").EnumerateArray()
            .Single(circuit => (circuit.TryGetProperty("instance", out var id) ? id.GetString() : null) == instance?.Name)
            .GetProperty("state").GetString()!;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Instances.Select(instance => instance.DisposeAsync().AsTask()));

    private async Task Put(string path, object document)
    {
        using var response = await door.Management.PutAsJsonAsync(path, document, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Cancel));
    }
}

/// <summary>What a client saw of a call.</summary>
/// <param name="Id">The call's.</param>
/// <param name="Status">The status.</param>
/// <param name="By">The instance that answered; empty when it was the front door.</param>
/// <param name="Body">The body; null when the client was told that it is not whole.</param>
internal readonly record struct UpstreamAnswer(string Id, HttpStatusCode Status, string By, string? Body);
