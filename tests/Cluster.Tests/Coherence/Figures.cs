using System.Globalization;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>Measured times as a reader wants them.</summary>
internal static class Figures
{
    public static string Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"median {At(sorted, 0.5):0.0} ms, p99 {At(sorted, 0.99):0.0} ms, longest {sorted[^1].TotalMilliseconds:0.0} ms");
    }

    private static double At(TimeSpan[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))].TotalMilliseconds;
}
