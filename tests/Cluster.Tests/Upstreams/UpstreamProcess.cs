using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Harness;
using Gatehouse.Silo.Clustering;

namespace Gatehouse.Cluster.Tests.Upstreams;

/// <summary>An instance of a service: a Node.js process on a port that stays its own, and that names it.</summary>
internal sealed class UpstreamProcess : IAsyncDisposable
{
    private readonly PortReservation port = new(IPAddress.Loopback);
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });

    private UpstreamProcess() => client.BaseAddress = new Uri(Address);

    /// <summary>What it puts into the header <c>Served-By</c>, and its id in the registry.</summary>
    public string Name => port.Port.ToString(CultureInfo.InvariantCulture);

    public string Address => $"http://127.0.0.1:{Name}";

    public ChildProcess Process { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<UpstreamProcess> Start()
    {
        var upstream = new UpstreamProcess();
        await upstream.Restart();
        return upstream;
    }

    /// <summary>Starts it again on its port, after its process has ended; it behaves well then, and knows of no calls.</summary>
    public async Task Restart()
    {
        Process = ChildProcess.Start($"upstream {Name}", "node", [Path.Combine(AppContext.BaseDirectory, "Upstreams", "upstream.mjs"), Name]);
        await Eventually.Holds(() => Task.FromResult(Process.Output.Contains("listening")), TimeSpan.FromSeconds(30), Process.Log);
    }

    /// <summary>Has it answer so from now on: see <c>upstream.mjs</c>.</summary>
    public async Task Behave(string how)
    {
        using var response = await client.GetAsync(new Uri($"/behave/{how}", UriKind.Relative), Cancel);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The ids of the calls that came to it, in their order.</summary>
    public async Task<IReadOnlyList<string>> Calls() => (await client.GetFromJsonAsync<string[]>("/calls", Cancel))!;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        port.Dispose();
    }
}
