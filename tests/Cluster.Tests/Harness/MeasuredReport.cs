using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// What tests have measured: told in each test's output, and with the switch set also in a file of <c>bench/results</c>.
/// </summary>
/// <param name="command">The environment variable that asks for the file.</param>
/// <param name="file">The file's name.</param>
/// <param name="title">The file's title.</param>
/// <param name="tests">Which tests write it, as an argument of the test program.</param>
/// <param name="note">What a reader must know, in a line of its own.</param>
internal sealed class MeasuredReport(string command, string file, string title, string tests, string note = "")
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> sections = new();

    /// <summary>Whether the file is asked for, and with it the long run that is worth one.</summary>
    public bool Wanted { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(command));

    /// <summary>Tells what one test has measured.</summary>
    public void Write(string section, params IReadOnlyList<string> lines)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines.Prepend(section)));
        if (!Wanted)
        {
            return;
        }

        sections[section] = lines;
        File.WriteAllText(Results.File(file), Document());
    }

    private string Document() => string.Join('\n',
    [
        $"# {title}",
        "",
        $"`{command}=1 dotnet run --project tests/Cluster.Tests -c Release -- {tests}`",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 3 front doors and a redis-server as processes, all on one machine with the load and the services: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
        .. note.Length == 0 ? (string[])[] : [note],
        "",
        .. sections.OrderBy(section => section.Key, StringComparer.Ordinal)
            .SelectMany(section => (string[])[$"## {section.Key}", "", .. section.Value.Select(line => $"- {line}"), ""]),
    ]);
}
