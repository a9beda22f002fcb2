using System.Threading.Channels;

namespace Gatehouse.Api.Routing;

/// <summary>
/// Tells when a file may have changed: as soon as the file system says so, and at an interval in any case, because it
/// does not always (network and overlay file systems, links into other folders, no more watches).
/// </summary>
internal sealed class FileChanges : IDisposable
{
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly FileSystemWatcher? watcher;
    private readonly ITimer timer;

    public FileChanges(string path, TimeSpan interval, TimeProvider time)
    {
        timer = time.CreateTimer(_ => Signal(), null, interval, interval);
        watcher = Watch(Path.GetDirectoryName(path)!);
    }

    /// <summary>Waits for the next sign of a change.</summary>
    public async Task Next(CancellationToken cancellation) => await signals.Reader.ReadAsync(cancellation);

    public void Dispose()
    {
        timer.Dispose();
        watcher?.Dispose();
    }

    // The folder, not the file: Kubernetes swaps a link beside it.
    private FileSystemWatcher? Watch(string folder)
    {
        FileSystemWatcher? watching = null;
        try
        {
            watching = new FileSystemWatcher(folder);
            watching.Changed += (_, _) => Signal();
            watching.Created += (_, _) => Signal();
            watching.Deleted += (_, _) => Signal();
            watching.Renamed += (_, _) => Signal();
            watching.EnableRaisingEvents = true;
            return watching;
        }
        // No such folder, or no watches left: the interval does.
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            watching?.Dispose();
            return null;
        }
    }

    private void Signal() => signals.Writer.TryWrite(true);
}
