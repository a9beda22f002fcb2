using System.Globalization;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// A fault made again and again. Of what fails, is lost or is wrongly accepted none is allowed; times are measured and written down,
/// and bounded only against standing still.
/// </summary>
internal static class Repetitions
{
    // No judgement of speed on a busy machine: that it goes on at all.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    private const int ShortRun = 3;

    /// <summary>How often in the long run; null in the short one.</summary>
    public static int? Long { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("FAULT_REPETITIONS"), CultureInfo.InvariantCulture, out var repetitions) ? repetitions : null;

    /// <summary>Makes it.</summary>
    /// <param name="once">Makes it once.</param>
    /// <param name="cut">Whether a front door is cut off: it goes on by what it knew last, and calls what left meanwhile.</param>
    public static async Task Of(Func<Task<FaultMeasurement>> once, bool cut = false)
    {
        var measurements = new List<FaultMeasurement>();
        while (measurements.Count < (Long ?? ShortRun))
        {
            measurements.Add(await once());
            FaultReport.Add(measurements[^1]);
        }

        var row = new FaultRow(measurements);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, [.. FaultRow.Head, row.ToString()]));
        row.Failed.ShouldBe(0);
        row.Lost.ShouldBe(0);
        row.WronglyAccepted.ShouldBe(0);
        row.LongestRecovery.ShouldBeLessThan(Bound);
        if (!cut)
        {
            row.WronglyCalled.ShouldBe(0);
        }
    }
}
