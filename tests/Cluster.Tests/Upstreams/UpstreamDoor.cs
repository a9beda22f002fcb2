using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Upstreams;

/// <summary>The front door of the tests of upstreams, each of which has a service of its own.</summary>
public sealed class UpstreamDoor : IAsyncLifetime
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("gatehouse-");

    /// <summary>Its process.</summary>
    public EmbeddedProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Process = EmbeddedProcess.Start(data.FullName);
        await Process.WaitUntilReady();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        data.Delete(recursive: true);
    }
}
