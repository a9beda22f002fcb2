using System.Globalization;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>The time of day of a process, which steps as one that is set by hand. What it measures durations with runs on, as it does then.</summary>
internal sealed class SteppedClock : IDisposable
{
    /// <summary>How long a process may take to see a step.</summary>
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(2);

    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string file = Path.GetTempFileName();

    private SteppedClock() => File.WriteAllText(file, "+0");

    /// <summary>What a process is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Makes it; null where the library is missing.</summary>
    public static SteppedClock? Make() => File.Exists(Library) ? new SteppedClock() : null;

    /// <summary>Sets how far it is ahead of this machine's.</summary>
    public Task Set(TimeSpan ahead) => File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"+{ahead.TotalSeconds:0}"));

    public void Dispose() => File.Delete(file);
}
