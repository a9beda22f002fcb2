namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>Where measurements are written: <c>bench/results</c>.</summary>
internal static class Results
{
    /// <summary>A file of it.</summary>
    public static string File(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not run from within the repository.");
        }

        return Path.Combine(folder, "bench", "results", name);
    }
}
