using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// Tells what was measured: in the test's output, and with <c>COHERENCE_REPORT</c> set also in
/// <c>bench/results/coherence.md</c>.
/// </summary>
internal static class CoherenceReport
{
    private const string Switch = "COHERENCE_REPORT";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Sections = new();

    public static void Write(string title, params IReadOnlyList<string> lines)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines.Prepend(title)));
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Switch)))
        {
            return;
        }

        Sections[title] = lines;
        File.WriteAllText(Path.Combine(Root(), "bench", "results", "coherence.md"), Document());
    }

    private static string Document() => string.Join('\n',
    [
        "# Coherence, measured",
        "",
        "`COHERENCE_REPORT=1 dotnet run --project tests/Cluster.Tests -c Release -- -namespace Gatehouse.Cluster.Tests.Coherence`",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 3 front doors and a redis-server as processes, all on one machine with the load and the services: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
        "Times are those of the HTTP calls that register and deregister, from sending to the answer.",
        "",
        .. Sections.OrderBy(section => section.Key, StringComparer.Ordinal)
            .SelectMany(section => (string[])[$"## {section.Key}", "", .. section.Value.Select(line => $"- {line}"), ""]),
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
