using System.Diagnostics;
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

    // The short run must end in time on a slow machine as well: it begins no repetition later than this.
    private static readonly TimeSpan ShortRun = TimeSpan.FromSeconds(15);

    /// <summary>How often in the long run; null in the short one.</summary>
    public static int? Long { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("FAULT_REPETITIONS"), CultureInfo.InvariantCulture, out var repetitions) ? repetitions : null;

    /// <summary>Makes it.</summary>
    /// <param name="once">Makes it once.</param>
    /// <param name="shortRun">How often where no long run is asked for, if the machine is not too slow for that.</param>
    /// <param name="cut">Whether a front door is cut off: it goes on by what it knew last, and calls what left meanwhile.</param>
    public static async Task Of(Func<Task<FaultMeasurement>> once, int shortRun = 3, bool cut = false)
    {
        var measurements = new List<FaultMeasurement>();
        var began = Stopwatch.GetTimestamp();
        while (measurements.Count < (Long ?? shortRun) && (Long is not null || measurements.Count == 0 || Stopwatch.GetElapsedTime(began) < ShortRun))
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
