using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>The table of all faults: in the tests' output, and with <c>FAULT_REPORT</c> set in <c>bench/results/faults.md</c>.</summary>
internal static class FaultReport
{
    private static readonly ConcurrentDictionary<string, FaultRow> Rows = new();

    private static readonly ConcurrentQueue<string> Notes = new();

    /// <summary>Whether the faults are to be measured.</summary>
    public static bool IsAsked => Repetitions is not null;

    /// <summary>How often each fault is made: <c>FAULT_REPETITIONS</c>.</summary>
    public static int? Repetitions { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("FAULT_REPETITIONS"), CultureInfo.InvariantCulture, out var repetitions) ? repetitions : null;

    /// <summary>Adds a sentence below the table.</summary>
    public static void Note(string sentence)
    {
        Notes.Enqueue(sentence);
        Tell(sentence);
    }

    public static void Write(string key, FaultRow row)
    {
        Rows[key] = row;
        Tell(string.Join(Environment.NewLine, [.. FaultRow.Head, row.ToString()]));
    }

    private static void Tell(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FAULT_REPORT")))
        {
            File.WriteAllText(Path.Combine(Root(), "bench", "results", "faults.md"), Document());
        }
    }

    private static string Document() => string.Join('\n',
    [
        "# Faults, measured",
        "",
        "`FAULT_REPORT=1 FAULT_REPETITIONS=20 dotnet run --project tests/Cluster.Tests -c Release -- -namespace Gatehouse.Cluster.Tests.Faults`",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 2 front doors behind a round-robin entry, and a redis-server as processes, all on one machine with the load and the services: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
        "",
        .. FaultRow.Head,
        .. Rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => row.Value.ToString()),
        "",
        $"- **requests**: calls through the entry to services whose instances stay, by {Callers.Steady} clients, one after the other, all the while. **failed**: not answered by the service. Nothing is sent twice, except when no connection could be made.",
        "- **longest gap**: the longest time between two answers to one client.",
        "- **time to detect**: from the fault until the table of the cluster's members shows it (median, longest).",
        $"- **time to recover**: from the fault until each of {FaultCluster.Writers} services, whose grains are spread over the silos, has acknowledged a registration or deregistration that was sent after it (median, longest). A command that is answered 503 is sent again.",
        "- **acknowledged writes lost**: registrations and deregistrations that were acknowledged and that a front door does not show afterwards.",
        "- **wrongly accepted**: calls that were sent after their instance's deregistration was acknowledged, and reached it.",
        "",
        .. Notes,
        "",
    ]);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not run from within the repository.");
        }

        return folder;
    }
}
