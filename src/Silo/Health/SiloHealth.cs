using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Store;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Gatehouse.Silo.Health;

/// <summary>The probes of a silo process.</summary>
internal static class SiloHealth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        // Strictly local: a liveness probe that asked anyone else would restart healthy silos while Redis is away.
        endpoints.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        endpoints.MapGet("/health/ready", Ready);
    }

    private static async Task<IResult> Ready(ISiloStatusOracle silo, RedisProbe redis, Departure departure)
    {
        var status = silo.CurrentStatus;
        var reason = await redis.Problem(Patience);
        var checks = new[]
        {
            new { name = "silo", ready = status == SiloStatus.Active, reason = status == SiloStatus.Active ? null : $"the silo is {status}" },
            new { name = "redis", ready = reason is null, reason },
            new { name = "process", ready = !departure.HasBegun, reason = departure.HasBegun ? "the process is stopping" : null },
        };
        var ready = checks.All(check => check.ready);
        return Results.Json(
            new { status = ready ? "ready" : "not-ready", checks },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>Asks Redis, over one connection kept for it.</summary>
internal sealed class RedisProbe(RedisServer server) : IAsyncDisposable
{
    private readonly Lazy<Task<ConnectionMultiplexer>> redis = new(() => Connect(server));

    /// <summary>Why Redis cannot be used; null when it can.</summary>
    public async Task<string?> Problem(TimeSpan patience)
    {
        try
        {
            await (await redis.Value.WaitAsync(patience)).GetDatabase().PingAsync().WaitAsync(patience);
            return null;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return "Redis does not answer";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (redis.IsValueCreated)
        {
            await (await redis.Value).DisposeAsync();
        }
    }

    private static Task<ConnectionMultiplexer> Connect(RedisServer server)
    {
        var connection = server.Connection.Clone();
        connection.AbortOnConnectFail = false;
        return ConnectionMultiplexer.ConnectAsync(connection);
    }
}
