using System.Globalization;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>A row of the table: what a fault did, over its repetitions.</summary>
internal sealed class FaultRow(IReadOnlyCollection<FaultMeasurement> measurements)
{
    /// <summary>The head of the table.</summary>
    public static IReadOnlyList<string> Head =>
    [
        "| fault | times | requests | failed | longest gap | time to detect | time to recover | acknowledged writes lost | instances wrongly called | tokens revoked | wrongly accepted |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ];

    public int Failed => measurements.Sum(one => one.Failed);

    public int Lost => measurements.Sum(one => one.Lost);

    public int WronglyCalled => measurements.Sum(one => one.WronglyCalled);

    public int WronglyAccepted => measurements.Sum(one => one.WronglyAccepted);

    public TimeSpan LongestRecovery => measurements.Max(one => one.Recovered);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {measurements.First().Fault} | {measurements.Count} | {measurements.Sum(one => one.Requests):N0} | {Failed} | {Range(one => one.Gap)} | {Range(one => one.Detected)} | {Range(one => one.Recovered)} | {Lost} | {WronglyCalled} | {measurements.Sum(one => one.Revoked):N0} | {WronglyAccepted} |");

    private string Range(Func<FaultMeasurement, TimeSpan?> time)
    {
        var sorted = measurements.Select(time).OfType<TimeSpan>().Order().ToArray();
        return sorted.Length == 0
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].TotalSeconds:0.00} s, at most {sorted[^1].TotalSeconds:0.00} s");
    }
}
