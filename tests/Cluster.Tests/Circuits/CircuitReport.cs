using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Circuits;

/// <summary>
/// Tells what was measured: in the test's output, and with <c>CIRCUITS_REPORT</c> set also in <c>bench/results/circuits.md</c>.
/// </summary>
internal static class CircuitReport
{
    private const string Switch = "CIRCUITS_REPORT";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Sections = new();

    /// <summary>Whether this is the long run, whose figures are kept.</summary>
    public static bool IsAskedFor => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Switch));

    public static void Write(string title, params IReadOnlyList<string> lines)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines.Prepend(title)));
        if (IsAskedFor)
        {
            Sections[title] = lines;
            File.WriteAllText(Path.Combine(Root(), "bench", "results", "circuits.md"), Document());
        }
    }

    private static string Document() => string.Join('\n',
    [
        "# Circuits over three front doors, measured",
        "",
        "`CIRCUITS_REPORT=1 dotnet run --project tests/Cluster.Tests -c Release -- -namespace Gatehouse.Cluster.Tests.Circuits`",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 3 front doors and a redis-server as processes, all on one machine with the callers and the service: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
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
