using System.Globalization;
using System.Text;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// This front door's statistics in Prometheus' text format. Written from the counts themselves, and not by instruments of
/// OpenTelemetry: those would cost every request another histogram, and keep the series of instances that are long gone.
/// </summary>
internal static class TrafficExposition
{
    // Powers of two, which are starts of buckets, so that the counts are exact: 0.5 ms to 33 s.
    private static readonly long[] Bounds = [.. Enumerable.Range(9, 17).Select(power => 1L << power)];

    private static readonly string[] Names = ["route", "service", "instance", "consumer"];

    /// <summary>Writes all families.</summary>
    /// <param name="table">The series.</param>
    /// <param name="openMetrics">Whether in OpenMetrics' dialect, which names counters' families without their suffix.</param>
    public static string Write(TrafficTable table, bool openMetrics)
    {
        var text = new StringBuilder();
        foreach (var kind in Enum.GetValues<SeriesKind>())
        {
            var series = table.Of(kind).Where(one => one.Total.Calls > 0 || one.InFlight > 0).ToArray();
            if (series.Length > 0)
            {
                Write(text, kind, series, openMetrics ? "" : "_total");
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, SeriesKind kind, TrafficSeries[] all, string suffix)
    {
        var name = Names[(int)kind];
        var what = kind is SeriesKind.Route or SeriesKind.Consumer ? "Requests of clients" : "Attempts";
        Head(text, $"gatehouse_{name}_calls{suffix}", "counter", $"{what} by {name} and outcome.");
        foreach (var series in all)
        {
            foreach (var outcome in Enum.GetValues<CallOutcome>().Where(outcome => series.Total.Of(outcome) > 0))
            {
                Sample(text, $"gatehouse_{name}_calls_total", Labels(name, series, $",outcome=\"{CallOutcomes.NameOf(outcome)}\""), series.Total.Of(outcome));
            }
        }

        Head(text, $"gatehouse_{name}_body_bytes{suffix}", "counter", "Bytes of bodies, in (requests) and out (responses).");
        foreach (var series in all)
        {
            Sample(text, $"gatehouse_{name}_body_bytes_total", Labels(name, series, ",direction=\"in\""), series.Total.BytesIn);
            Sample(text, $"gatehouse_{name}_body_bytes_total", Labels(name, series, ",direction=\"out\""), series.Total.BytesOut);
        }

        Head(text, $"gatehouse_{name}_in_flight", "gauge", $"{what} under way.");
        foreach (var series in all)
        {
            Sample(text, $"gatehouse_{name}_in_flight", Labels(name, series), series.InFlight);
        }

        // Buckets for what there are few of; a thousand instances would be twenty thousand lines a scrape.
        var buckets = kind is SeriesKind.Route or SeriesKind.Service;
        Head(text, $"gatehouse_{name}_duration_seconds", buckets ? "histogram" : "summary", $"How long they took, by {name}.");
        foreach (var series in all)
        {
            Duration(text, name, series, buckets);
        }
    }

    private static void Duration(StringBuilder text, string name, TrafficSeries series, bool buckets)
    {
        var (total, family) = (series.Total, $"gatehouse_{name}_duration_seconds");
        if (buckets)
        {
            foreach (var bound in Bounds)
            {
                var le = (bound / 1e6).ToString(CultureInfo.InvariantCulture);
                Sample(text, $"{family}_bucket", Labels(name, series, $",le=\"{le}\""), total.Latency.Below(bound));
            }

            Sample(text, $"{family}_bucket", Labels(name, series, ",le=\"+Inf\""), total.Calls);
        }

        Sample(text, $"{family}_sum", Labels(name, series), total.SumMicroseconds / 1e6);
        Sample(text, $"{family}_count", Labels(name, series), total.Calls);
    }

    private static void Head(StringBuilder text, string family, string type, string help) =>
        text.Append("# HELP ").Append(family).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(family).Append(' ').Append(type).Append('\n');

    private static void Sample(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append('{').Append(labels).Append("} ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Labels(string name, TrafficSeries series, string more = "")
    {
        var key = series.Key;
        // Not "instance", which is Prometheus' own label for what it scrapes.
        if (key.Kind == SeriesKind.Instance && key.Name.IndexOf('/', StringComparison.Ordinal) is var slash and > 0)
        {
            return $"service=\"{Escape(key.Name[..slash])}\",instance_id=\"{Escape(key.Name[(slash + 1)..])}\"{more}";
        }

        return $"{name}=\"{Escape(key.Name)}\"{more}";
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
