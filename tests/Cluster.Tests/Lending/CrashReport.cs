using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>
/// Tells what a run went through: in the test's output, and with <c>LENDING_REPORT</c> set also in
/// <c>bench/results/lending-crash.md</c>.
/// </summary>
internal static class CrashReport
{
    public static void Write(Acknowledged[] history, SiloChaos chaos, TimeSpan duration, int members, int books, int seed)
    {
        var waits = history.Select(command => Stopwatch.GetElapsedTime(command.Sent, command.Answered).TotalMilliseconds).Order().ToArray();
        string[] lines =
        [
            Text($"silos killed (SIGKILL) {chaos.Killed}, hung (SIGSTOP, SIGCONT after 0.5 to 9 s) {chaos.Hung}, stopped in good order {chaos.Stopped}; seed {seed}"),
            Text($"{history.Length} commands acknowledged by {members} members on {books} books, {history.Count(command => command.IsDone)} of them done, the others refused by the rules"),
            Text($"{history.Count(command => command.Attempts > 1)} of them sent again by their clients, under their keys, {history.Sum(command => command.Attempts - 1)} times"),
            Text($"from first sending to the answer: median {waits[waits.Length / 2]:F1} ms, p99 {waits[waits.Length * 99 / 100]:F0} ms, longest {waits[^1]:F0} ms"),
            "violations of the rules 0, acknowledged commands lost 0, applied twice 0",
        ];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, lines));
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("LENDING_REPORT")))
        {
            File.WriteAllText(Path.Combine(Root(), "bench", "results", "lending-crash.md"), Document(lines, duration));
        }
    }

    private static string Document(string[] lines, TimeSpan duration) => string.Join('\n',
    [
        "# Lending while silos die",
        "",
        Text($"`LENDING_REPORT=1 GATEHOUSE_CRASH_SECONDS={duration.TotalSeconds} dotnet run --project tests/Cluster.Tests -c Release -- -class Gatehouse.Cluster.Tests.Lending.CrashTests`"),
        "",
        Text($"3 silos, 3 front doors and a redis-server as processes, all on one machine with the clients: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores."),
        "Silos are killed, hung or stopped at random, one at a time, and those that are gone are replaced. Members borrow, return, renew, wait",
        "and give up waiting, a command at a time over HTTP, repeated under its key until it is answered. At the end the history is checked",
        "against what the library has.",
        "",
        .. lines.Select(line => $"- {line}"),
        "",
    ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

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
