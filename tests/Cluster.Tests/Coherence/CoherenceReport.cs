using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// Tells what was measured: in the test's output, and with <c>COHERENCE_REPORT</c> set also in
/// <c>bench/results/coherence.md</c>.
/// </summary>
internal static class CoherenceReport
{
    private const string Switch = "COHERENCE_REPORT";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Sections = new();

    /// <summary>Whether the file is asked for, and with it the long run that is worth one.</summary>
    public static bool Wanted { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Switch));

    public static void Write(string title, params IReadOnlyList<string> lines)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines.Prepend(title)));
        if (!Wanted)
        {
            return;
        }

        Sections[title] = lines;
        File.WriteAllText(Results.File("coherence.md"), Document());
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
}
