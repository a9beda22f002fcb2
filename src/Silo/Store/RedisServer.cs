using System.Net;
using Gatehouse.Silo.Hosting;
using StackExchange.Redis;

namespace Gatehouse.Silo.Store;

/// <summary>The Redis of cluster mode: its settings, and proof that it can be reached before anything else starts.</summary>
public sealed class RedisServer : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    private RedisServer(ConfigurationOptions connection) => Connection = connection;

    /// <summary>How to connect.</summary>
    public ConfigurationOptions Connection { get; }

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="StartupException">It is not one.</exception>
    public static RedisServer Parse(string connectionString)
    {
        ConfigurationOptions connection;
        try
        {
            connection = ConfigurationOptions.Parse(connectionString);
        }
        // The message could repeat the password.
        catch (ArgumentException e)
        {
            throw new StartupException("Gatehouse:Redis: not a connection string such as 'redis:6379,password=…'", e);
        }

        if (connection.EndPoints.Count == 0)
        {
            throw new StartupException("Gatehouse:Redis: names no server; expected such as 'redis:6379,password=…'");
        }

        connection.AbortOnConnectFail = true;
        connection.ConnectRetry = 1;
        connection.ConnectTimeout = (int)Patience.TotalMilliseconds;
        return new RedisServer(connection);
    }

    /// <summary>Connects once.</summary>
    /// <exception cref="StartupException">The server cannot be reached, or refuses.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(Connection).WaitAsync(Patience + TimeSpan.FromSeconds(1), cancellationToken);
            await redis.GetDatabase().PingAsync().WaitAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new StartupException($"Gatehouse:Redis: cannot use Redis at {Servers}: {Reason(e)}", e);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Servers => string.Join(", ", Connection.EndPoints.Select(ServerName));

    private static string ServerName(EndPoint server) =>
        server is DnsEndPoint name ? $"{name.Host}:{name.Port}" : server.ToString()!;

    private static string Reason(Exception e) => e switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "it refuses the user or password",
        _ when e.Message.Contains("NOAUTH", StringComparison.Ordinal) || e.Message.Contains("WRONGPASS", StringComparison.Ordinal) =>
            "it refuses the user or password",
        _ => "no answer, or the connection is refused",
    };
}
