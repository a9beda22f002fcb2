using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Limits;

/// <summary>Tells what was measured: in the test's output, and with <c>LIMITS_REPORT</c> set also in <c>bench/results/limits.md</c>.</summary>
internal static class LimitReport
{
    private const string Switch = "LIMITS_REPORT";

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Sections = new();

    public static void Write(string title, params IReadOnlyList<string> lines)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines.Prepend(title)));
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Switch)))
        {
            return;
        }

        Sections[title] = lines;
        File.WriteAllText(Results.File("limits.md"), Document());
    }

    private static string Document() => string.Join('\n',
    [
        "# Limits over three front doors, measured",
        "",
        "`LIMITS_REPORT=1 dotnet run --project tests/Cluster.Tests -c Release -- -namespace Gatehouse.Cluster.Tests.Limits`",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 3 front doors and a redis-server as processes, all on one machine with the load and the service: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
        "",
        .. Sections.OrderBy(section => section.Key, StringComparer.Ordinal)
            .SelectMany(section => (string[])[$"## {section.Key}", "", .. section.Value.Select(line => $"- {line}"), ""]),
    ]);
}
