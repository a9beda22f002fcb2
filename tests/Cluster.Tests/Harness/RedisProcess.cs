using System.Globalization;
using System.Net;
using Gatehouse.Silo.Clustering;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>A real redis-server on a free port, with an empty folder of its own.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gatehouse-redis-");
    private readonly PortReservation port = new(IPAddress.Loopback);
    private readonly string[] arguments;
    private readonly string? sentinel;
    private ChildProcess? process;

    private RedisProcess(string[] arguments, string? sentinel = null)
    {
        this.arguments = arguments;
        this.sentinel = sentinel;
    }

    /// <summary>The connection string.</summary>
    public string Connection => ConnectionAt(IPAddress.Loopback);

    /// <summary>Where it listens.</summary>
    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port.Port}");

    /// <summary>The connection string by another address of this machine, which the server was told to listen on.</summary>
    public string ConnectionAt(IPAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address}:{port.Port},abortConnect=false");

    /// <summary>The server's process.</summary>
    public ChildProcess Process => process ?? throw new InvalidOperationException("Redis is not started.");

    /// <summary>Starts a server and waits until it takes connections.</summary>
    /// <param name="arguments">More arguments of redis-server; <c>{port}</c> stands for its port, <c>{folder}</c> for its folder.</param>
    public static async Task<RedisProcess> Start(params string[] arguments)
    {
        var redis = new RedisProcess(arguments);
        await redis.Restart();
        return redis;
    }

    /// <summary>Starts a Sentinel on a free port.</summary>
    /// <param name="configuration">Its configuration file, which it writes to.</param>
    public static async Task<RedisProcess> StartSentinel(string configuration)
    {
        var redis = new RedisProcess([], configuration);
        await redis.Restart();
        return redis;
    }

    /// <summary>The folder of its data.</summary>
    public string Folder => folder.FullName;

    /// <summary>Starts the server again on its data, after its process was ended.</summary>
    public async Task Restart()
    {
        process = ChildProcess.Start(
            "redis",
            "redis-server",
            [
                .. sentinel is null ? Array.Empty<string>() : [sentinel, "--sentinel"],
                "--port", port.Port.ToString(CultureInfo.InvariantCulture),
                "--bind", "127.0.0.1",
                "--dir", folder.FullName,
                .. sentinel is null ? ["--save", "", "--appendonly", "yes", "--appendfsync", "always"] : Array.Empty<string>(),
                .. arguments.Select(argument => argument
                    .Replace("{port}", port.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                    .Replace("{folder}", folder.FullName, StringComparison.Ordinal)),
            ]);
        await Eventually.Holds(
            () => Task.FromResult(process.Output.Any(line => line.Contains(sentinel is null ? "Ready to accept connections" : "+monitor master", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(10),
            process.Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        port.Dispose();
        folder.Delete(recursive: true);
    }
}
