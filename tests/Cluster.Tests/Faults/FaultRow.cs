using System.Globalization;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>What a fault did, over its repetitions.</summary>
internal sealed class FaultRow(string fault)
{
    private readonly List<TimeSpan> detected = [];
    private readonly List<TimeSpan> recovered = [];

    public string Fault => fault;

    public int Repetitions { get; private set; }

    public int Requests { get; private set; }

    public int Failed { get; private set; }

    public int Lost { get; private set; }

    public int WronglyAccepted { get; private set; }

    public TimeSpan LongestGap { get; private set; }

    public TimeSpan LongestRecovery => recovered.DefaultIfEmpty().Max();

    /// <summary>The head of the table.</summary>
    public static IReadOnlyList<string> Head =>
    [
        "| fault | times | requests | failed | longest gap | time to detect | time to recover | acknowledged writes lost | wrongly accepted |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ];

    public void Add(TimeSpan? detection, TimeSpan recovery, int requests, int failed, TimeSpan gap, int lost, int accepted)
    {
        Repetitions++;
        if (detection is { } time)
        {
            detected.Add(time);
        }

        recovered.Add(recovery);
        Requests += requests;
        Failed += failed;
        Lost += lost;
        WronglyAccepted += accepted;
        LongestGap = gap > LongestGap ? gap : LongestGap;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {fault} | {Repetitions} | {Requests} | {Failed} | {LongestGap.TotalSeconds:0.00} s | {Range(detected)} | {Range(recovered)} | {Lost} | {WronglyAccepted} |");

    private static string Range(List<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        return sorted.Length == 0
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].TotalSeconds:0.0} s, at most {sorted[^1].TotalSeconds:0.0} s");
    }
}
