using System.Text.RegularExpressions;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>The embedded default as a process, on a data folder that outlives it.</summary>
public sealed partial class EmbeddedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private EmbeddedProcess(ChildProcess process) => Process = process;

    /// <summary>The process.</summary>
    public ChildProcess Process { get; }

    /// <summary>Calls the management listener, once <see cref="WaitUntilReady"/> has returned.</summary>
    public HttpClient Management { get; } = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Calls the public listener, once <see cref="WaitUntilReady"/> has returned.</summary>
    public HttpClient Public { get; } = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Starts the application on a folder.</summary>
    public static EmbeddedProcess Start(string dataPath, params IEnumerable<string> settings) => new(ChildProcess.Start(
        "gatehouse",
        Path.Combine(AppContext.BaseDirectory, "Gatehouse.Api"),
        [
            "--Gatehouse:PublicUrl=http://127.0.0.1:0",
            "--Gatehouse:ManagementUrl=http://127.0.0.1:0",
            $"--Gatehouse:DataPath={dataPath}",
            .. settings,
        ]));

    /// <summary>Waits until the process says where it listens.</summary>
    public async Task WaitUntilReady()
    {
        Management.BaseAddress = new Uri(await Eventually.Get(
            () => Task.FromResult(ManagementLine().Match(Process.Log()) is { Success: true } match ? match.Groups["url"].Value : null),
            Patience,
            Process.Log));
        Public.BaseAddress = new Uri(PublicLine().Match(Process.Log()).Groups["url"].Value);
    }

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Process.Log());
        Management.Dispose();
        Public.Dispose();
        await Process.DisposeAsync();
    }

    [GeneratedRegex(@"management  (?<url>http://\S+)")]
    private static partial Regex ManagementLine();

    [GeneratedRegex(@"public      (?<url>http://\S+)")]
    private static partial Regex PublicLine();
}
