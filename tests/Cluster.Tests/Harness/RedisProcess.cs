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
    private ChildProcess? process;

    private RedisProcess(string[] arguments) => this.arguments = arguments;

    /// <summary>The connection string.</summary>
    public string Connection => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port.Port},abortConnect=false");

    /// <summary>The server's process.</summary>
    public ChildProcess Process => process ?? throw new InvalidOperationException("Redis is not started.");

    /// <summary>Starts a server and waits until it takes connections.</summary>
    /// <param name="arguments">More arguments of redis-server.</param>
    public static async Task<RedisProcess> Start(params string[] arguments)
    {
        var redis = new RedisProcess(arguments);
        await redis.Restart();
        return redis;
    }

    /// <summary>Starts the server again on its data, after its process was ended.</summary>
    public async Task Restart()
    {
        process = ChildProcess.Start(
            "redis",
            "redis-server",
            [
                "--port", port.Port.ToString(CultureInfo.InvariantCulture),
                "--bind", "127.0.0.1",
                "--dir", folder.FullName,
                "--save", "",
                "--appendonly", "yes",
                .. arguments,
            ]);
        await Eventually.Holds(
            () => Task.FromResult(process.Output.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal))),
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
