using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
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

    /// <summary>Reads the settings of Redis.</summary>
    /// <exception cref="StartupException">They are wrong.</exception>
    public static RedisServer Parse(SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var connection = Parse(options.Redis ?? "");
        connection.User ??= options.RedisUser;
        connection.Password ??= options.RedisPassword;
        Trust(connection, options);
        connection.AbortOnConnectFail = true;
        connection.ConnectRetry = 1;
        connection.ConnectTimeout = (int)Patience.TotalMilliseconds;
        return new RedisServer(connection);
    }

    private static void Trust(ConfigurationOptions connection, SiloOptions options)
    {
        if (options.RedisCertificateAuthority is { Length: > 0 } authority)
        {
            Certificate(nameof(SiloOptions.RedisCertificateAuthority), authority, () => connection.TrustIssuer(authority));
        }

        if (options.RedisCertificate is { Length: > 0 } certificate)
        {
            Certificate(nameof(SiloOptions.RedisCertificate), certificate, () => connection.SetUserPemCertificate(certificate, options.RedisCertificateKey));
        }

        void Certificate(string setting, string path, Action use)
        {
            if (!connection.Ssl)
            {
                throw new StartupException($"Gatehouse:{setting}: Redis is not used over TLS; add ssl=true to Gatehouse:Redis");
            }

            try
            {
                use();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                throw new StartupException($"Gatehouse:{setting}: cannot use the certificate at '{path}': {e.Message}", e);
            }
        }
    }

    private static ConfigurationOptions Parse(string connectionString)
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

        return connection;
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
        _ when CausedBy<AuthenticationException>(e) is { } tls => $"TLS fails: {tls.Message}",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "it refuses the user or password",
        _ when e.Message.Contains("NOAUTH", StringComparison.Ordinal) || e.Message.Contains("WRONGPASS", StringComparison.Ordinal) =>
            "it refuses the user or password",
        _ when e.Message.Contains("NOPERM", StringComparison.Ordinal) => "its user may not do what is needed",
        _ => "no answer, or the connection is refused",
    };

    private static T? CausedBy<T>(Exception? e) where T : Exception
    {
        while (e is not null and not T)
        {
            e = e.InnerException;
        }

        return (T?)e;
    }
}
