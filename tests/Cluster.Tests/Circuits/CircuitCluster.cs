using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Circuits;

/// <summary>One service of a cluster, whose only instance fails when it is asked to, behind a route with a circuit.</summary>
internal sealed class CircuitCluster : IAsyncDisposable
{
    /// <summary>So many calls open the circuit.</summary>
    public const int Throughput = 5;

    private readonly string service = $"FRAIL-{Guid.NewGuid():N}"[..12].ToUpperInvariant();

    private CircuitCluster(GatehouseCluster cluster, FailingInstance instance)
    {
        Cluster = cluster;
        Instance = instance;
    }

    public GatehouseCluster Cluster { get; }

    public FailingInstance Instance { get; }

    public IReadOnlyList<GatehouseProcess> Doors => Cluster.FrontDoors;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Adds a service to a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="sleep">How long the circuit sleeps, as documents write it.</param>
    public static async Task<CircuitCluster> Start(GatehouseCluster cluster, string sleep)
    {
        var instance = await FailingInstance.Start();
        var made = new CircuitCluster(cluster, instance);
        var management = cluster.FrontDoors[0].Management;
        using var registered = await management.PutAsJsonAsync(
            $"/registry/v1/services/{made.service}/instances/i", new { address = instance.Address.GetLeftPart(UriPartial.Authority), leaseSeconds = 600 }, Cancel);
        registered.EnsureSuccessStatusCode();
        using var routed = await management.PutAsJsonAsync(
            $"/admin/v1/routes/{made.service}",
            new
            {
                match = new { path = $"/{made.service}" },
                to = new { made.service },
                auth = "anonymous",
                timeout = "1s",
                circuit = new { minimumThroughput = Throughput, window = "30s", failureRate = 0.9, sleep },
            },
            Cancel);
        routed.StatusCode.ShouldBe(HttpStatusCode.Created, await routed.Content.ReadAsStringAsync(Cancel));
        return made;
    }

    /// <summary>Closes the service's circuit and the instance's; once it returns they are closed at every front door.</summary>
    public async Task Close()
    {
        foreach (var path in new[] { service, $"{service}/instances/i" })
        {
            using var answer = await Doors[0].Management.PutAsJsonAsync($"/admin/v1/circuits/{path}", new { state = "auto" }, Cancel);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Waits until the service's circuit and the instance's are open: they are reported one after the other, and a close between the two lasts for one of them only.</summary>
    public Task Opened() => Eventually.Holds(
        async () =>
        {
            var circuits = await Doors[0].Management.GetFromJsonAsync<JsonElement>($"/admin/v1/circuits/{service}", Cancel);
            return circuits.GetProperty("circuits").EnumerateArray().Count(circuit => circuit.GetProperty("state").GetString() == "open") == 2;
        },
        TimeSpan.FromSeconds(10),
        () => "the service's circuit and the instance's are not both open");

    /// <summary>Lets calls through a front door fail until its circuit opens.</summary>
    /// <returns>When the last of them was answered by the instance.</returns>
    public async Task<long> Trip(GatehouseProcess door)
    {
        for (var i = 0; i < Throughput; i++)
        {
            (await Call(door, HttpStatusCode.InternalServerError)).Status.ShouldBe(HttpStatusCode.InternalServerError);
        }

        return Instance.Visits.Last(visit => visit.Status == 500).Until;
    }

    /// <summary>Calls the service through a front door.</summary>
    /// <param name="door">The front door.</param>
    /// <param name="answer">How the instance is to answer, if the call gets there.</param>
    public async Task<CircuitCall> Call(GatehouseProcess door, HttpStatusCode answer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{service}");
        request.Headers.Add(FailingInstance.StatusHeader, $"{(int)answer}");
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var response = await door.Public.SendAsync(request, Cancel);
            var refused = response.StatusCode == HttpStatusCode.ServiceUnavailable
                && (await response.Content.ReadAsStringAsync(Cancel)).Contains("urn:gatehouse:error:circuit-open", StringComparison.Ordinal);
            return new CircuitCall(sentAt, Stopwatch.GetTimestamp(), response.StatusCode, refused);
        }
        catch (HttpRequestException)
        {
            // The front door was killed.
            return new CircuitCall(sentAt, Stopwatch.GetTimestamp(), 0, Refused: false);
        }
    }

    public ValueTask DisposeAsync() => Instance.DisposeAsync();
}

/// <summary>A call and its answer.</summary>
/// <param name="SentAt">When it was sent.</param>
/// <param name="AnsweredAt">When it was answered.</param>
/// <param name="Status">How; 0 when it was not.</param>
/// <param name="Refused">Whether because the circuit is open.</param>
internal readonly record struct CircuitCall(long SentAt, long AnsweredAt, HttpStatusCode Status, bool Refused);
