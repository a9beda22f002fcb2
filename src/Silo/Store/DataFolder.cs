using Gatehouse.Silo.Hosting;

namespace Gatehouse.Silo.Store;

/// <summary>
/// The embedded store's folder, held by one process at a time. The operating system holds the lock with the open file,
/// so it ends with the process, however that ends, and is never stale.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Creates the folder where it is missing, readable by its owner only, and takes its lock.</summary>
    /// <exception cref="StartupException">Another process holds it, or it cannot be used.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Gatehouse:DataPath: cannot create the folder {full}: {e.Message}", e);
        }

        try
        {
            var file = System.IO.Path.Combine(full, "gatehouse.lock");
            return new DataFolder(full, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"Gatehouse:DataPath: no permission to write to {full}", e);
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"Gatehouse:DataPath: another process uses {full}; stop it, or set Gatehouse:DataPath to another folder",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();
}
