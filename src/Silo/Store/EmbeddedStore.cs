using System.Net;
using System.Security.Cryptography;
using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Gatehouse.Silo.Clustering;
using Gatehouse.Silo.Hosting;
using StackExchange.Redis;
using Tsavorite.core;

namespace Gatehouse.Silo.Store;

/// <summary>
/// The store of the embedded default: Garnet, a server of the Redis protocol, in this process. A write is on disk before
/// it is acknowledged. Listens on a loopback port of its own, to which only this process has the password.
/// </summary>
/// <param name="dataPath">The folder.</param>
/// <param name="loggers">Where Garnet logs to.</param>
public sealed class EmbeddedStore(string dataPath, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly string password = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private readonly PortReservation port = new(IPAddress.Loopback);
    private DataFolder? folder;
    private GarnetServer? server;

    /// <summary>Where the data is; set once started.</summary>
    public string? Path => folder?.Path;

    /// <summary>How to connect, known before the store is started.</summary>
    public ConfigurationOptions Connection => new()
    {
        EndPoints = { port.EndPoint },
        Password = password,
    };

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        folder = DataFolder.Open(dataPath);
        try
        {
            server = new GarnetServer(Options(folder.Path), new GarnetLoggerFactory(loggers));
            server.Start();
        }
        // Garnet throws bare exceptions; all of them mean that what is in the folder cannot be served.
        catch (Exception e)
        {
            throw new StartupException($"Gatehouse:DataPath: the store in {folder.Path} cannot be opened: {e.Message}", e);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        server?.Dispose();
        server = null;
        folder?.Dispose();
        port.Dispose();
    }

    private GarnetServerOptions Options(string path) => new()
    {
        EndPoints = [port.EndPoint],
        AuthSettings = new PasswordAuthenticationSettings(password),
        QuietMode = true,
        MaxDatabases = 1,

        // Orleans writes state by an etag-checking script. Without transaction mode two of them can both win.
        EnableLua = true,
        LuaTransactionMode = true,
        LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, string.Empty, TimeSpan.FromSeconds(5), LuaLoggingMode.Silent, []),

        // Acknowledged means written to the log file. A log that cannot be read back is told, not passed over.
        EnableAOF = true,
        CommitFrequencyMs = 0,
        WaitForCommit = true,
        Recover = true,
        FailOnRecoveryError = true,

        // Past the limit a checkpoint is taken and the log is cut, which bounds both the disk and the next recovery.
        AofSizeLimit = "64m",
        AofSegmentSize = "16m",
        CompactionType = LogCompactionType.Scan,
        CompactionFrequencySecs = 60,
        CompactionMaxSegments = 4,

        // The native device needs libaio. What does not fit in memory goes to disk.
        DeviceType = DeviceType.RandomAccess,
        EnableStorageTier = true,
        LogDir = path,
        CheckpointDir = path,

        LogMemorySize = "128m",
        PageSize = "4m",
        SegmentSize = "64m",
        ObjectLogSegmentSize = "64m",
        IndexMemorySize = "16m",
        AofMemorySize = "32m",
        AofPageSize = "8m",
    };
}
