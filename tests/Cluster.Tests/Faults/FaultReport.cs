using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// The table of all faults: in the tests' output, and with <c>FAULT_REPORT</c> set in <c>bench/results/faults.md</c>. Every repetition
/// is a line of <c>bench/results/faults.jsonl</c>, so that a long run may be made in parts; the table is made of all lines.
/// </summary>
internal static class FaultReport
{
    // How soon a change is to go through again, by row.
    private static readonly (string Key, string What, TimeSpan Most)[] Goals =
    [
        ("1", "a silo that is killed", TimeSpan.FromSeconds(3)),
        ("2", "one that hangs", TimeSpan.FromSeconds(5)),
    ];

    private static bool IsWritten => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FAULT_REPORT"));

    /// <summary>Adds what a fault did once.</summary>
    public static void Add(FaultMeasurement measurement)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(measurement.ToString());
        if (IsWritten)
        {
            var lines = Results.File("faults.jsonl");
            File.AppendAllText(lines, JsonSerializer.Serialize(measurement) + "\n");
            File.WriteAllText(Results.File("faults.md"), Document([.. File.ReadLines(lines).Select(line => JsonSerializer.Deserialize<FaultMeasurement>(line)!)]));
        }
    }

    private static string Document(FaultMeasurement[] measurements) => string.Join('\n',
    [
        "# Faults, measured",
        "",
        "```sh",
        "FAULT_REPORT=1 FAULT_REPETITIONS=20 dotnet run --project tests/Cluster.Tests -c Release -- -namespace Gatehouse.Cluster.Tests.Faults",
        "```",
        "",
        string.Create(
            CultureInfo.InvariantCulture,
            $"3 silos, 2 front doors behind a round-robin entry, and a redis-server (`appendfsync always`) as processes, all on one machine with the load and the services: {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, whose load average was {measurements.Min(one => one.Load):0.0} to {measurements.Max(one => one.Load):0.0}. Every repetition is a line of [faults.jsonl](faults.jsonl)."),
        "",
        .. FaultRow.Head,
        .. measurements.GroupBy(one => one.Key).OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => new FaultRow([.. row]).ToString()),
        "",
        $"- **requests**: calls through the entry to services whose instances stay, by {Callers.Steady} clients, one after the other, all the while: from before the fault until the cluster is whole again. **failed**: not answered by the service. Nothing is sent twice, except when no connection could be made.",
        "- **longest gap**: the longest time between two answers to one client (here and below: median of the repetitions, and the longest).",
        "- **time to detect**: from the fault until the table of the cluster's members shows it; of a front door that is cut off, until it says that it is not ready.",
        $"- **time to recover**: the longest that a change waited from when it was first sent until it was acknowledged, refusals and repetitions included: registrations and deregistrations of {FaultCluster.Writers} services, whose grains are spread over the silos, and the issue and revocation of tokens, one after the other all the while.",
        .. Met(measurements),
        "- **acknowledged writes lost**: registrations and deregistrations that were acknowledged and that a front door does not show afterwards, and registrations that were gone when they were to be deregistered.",
        "- **instances wrongly called**: calls that were sent after their instance's deregistration was acknowledged, and reached it. A front door that is cut off goes on by what it knew last, and so calls what left meanwhile: that is allowed to it alone.",
        "- **wrongly accepted**: uses of a token, through the entry at once and at each front door after the fault, that succeeded though its revocation had been acknowledged.",
        "",
        .. Spread([.. measurements.Select(one => one.Spread).OfType<IReadOnlyList<int>>()]),
    ]);

    private static IEnumerable<string> Met(FaultMeasurement[] measurements) => Goals
        .Select(goal => (goal.What, goal.Most, Times: measurements.Where(one => one.Key == goal.Key).ToArray()))
        .Where(goal => goal.Times.Length > 0)
        .Select(goal => string.Create(
            CultureInfo.InvariantCulture,
            $"  The goal after {goal.What} is {goal.Most.TotalSeconds:0} s: met in {goal.Times.Count(one => one.Recovered <= goal.Most)} of {goal.Times.Length}."));

    private static IEnumerable<string> Spread(IReadOnlyList<int>[] spreads) => spreads.Length == 0 ? [] :
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"After the scale-out {spreads[0].Sum()} services' grains were on the three silos as {string.Join("; ", spreads.Select(spread => string.Join(" / ", spread.Order())))}: the fullest has at most {spreads.Max(spread => spread.Max() / spread.Average()):0.00} of the mean."),
        "",
    ];
}
