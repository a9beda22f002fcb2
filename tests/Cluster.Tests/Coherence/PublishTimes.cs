using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>What the publisher of the registry measured itself: from a publish's arrival until every front door had it.</summary>
internal static partial class PublishTimes
{
    /// <summary>The median over all silos, estimated within its bucket as Prometheus does.</summary>
    public static async Task<string> Of(GatehouseCluster cluster)
    {
        var counts = new SortedDictionary<double, double>();
        foreach (var silo in cluster.Silos)
        {
            var text = await silo.Management.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            foreach (Match line in Bucket().Matches(text))
            {
                var bound = line.Groups["le"].Value == "+Inf" ? double.PositiveInfinity : double.Parse(line.Groups["le"].Value, CultureInfo.InvariantCulture);
                counts[bound] = counts.GetValueOrDefault(bound) + double.Parse(line.Groups["count"].Value, CultureInfo.InvariantCulture);
            }
        }

        counts.ShouldNotBeEmpty();
        var total = counts.Values.Last();
        return string.Create(CultureInfo.InvariantCulture, $"{total:0} publishes: median {Median(counts, total) * 1000:0.0} ms");
    }

    private static double Median(SortedDictionary<double, double> counts, double total)
    {
        var (from, below) = (0.0, 0.0);
        foreach (var (to, upTo) in counts)
        {
            if (upTo >= total / 2)
            {
                return double.IsInfinity(to) ? from : from + ((to - from) * ((total / 2) - below) / (upTo - below));
            }

            (from, below) = (to, upTo);
        }

        return from;
    }

    [GeneratedRegex("""^gatehouse_view_publish_duration_seconds_bucket\{[^}]*view="registry"[^}]*le="(?<le>[^"]+)"[^}]*\} (?<count>[0-9.e+]+)""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Bucket();
}
