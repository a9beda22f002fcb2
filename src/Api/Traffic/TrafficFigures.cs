using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>Statistics as the API tells them.</summary>
/// <param name="Window"><c>1m</c>, <c>1h</c> or <c>24h</c>.</param>
/// <param name="From">The window's beginning.</param>
/// <param name="To">Its end.</param>
/// <param name="FrontDoors">The front doors that report.</param>
/// <param name="Total">All requests.</param>
/// <param name="Routes">Requests by route.</param>
/// <param name="Services">Attempts by service.</param>
/// <param name="Instances">Attempts by instance.</param>
/// <param name="Consumers">Requests by consumer, those whose consumer is known.</param>
internal sealed record TrafficBody(
    string Window,
    DateTimeOffset From,
    DateTimeOffset To,
    int FrontDoors,
    TrafficFigures Total,
    IReadOnlyList<NamedFigures>? Routes,
    IReadOnlyList<NamedFigures>? Services,
    IReadOnlyList<NamedFigures>? Instances,
    IReadOnlyList<NamedFigures>? Consumers)
{
    /// <summary>What of the sums a query asks for.</summary>
    public static TrafficBody Of(TrafficSums sums, TrafficQuery query)
    {
        var seconds = (sums.To - sums.From).TotalSeconds;
        return new TrafficBody(
            query.WindowName,
            sums.From,
            sums.To,
            sums.FrontDoors,
            TrafficFigures.Of(sums.Total, seconds),
            By(SeriesKind.Route),
            By(SeriesKind.Service),
            By(SeriesKind.Instance),
            By(SeriesKind.Consumer));

        IReadOnlyList<NamedFigures>? By(SeriesKind kind) => !query.Kinds.Contains(kind)
            ? null
            :
            [
                .. sums.Kinds[kind]
                    .Where(one => query.Name is null || one.Name == query.Name)
                    .Take(query.Limit)
                    .Select(one => new NamedFigures(one.Name, TrafficFigures.Of(one, seconds))),
            ];
    }
}

/// <summary>The figures of one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Figures">The figures.</param>
internal sealed record NamedFigures(string Name, TrafficFigures Figures);

/// <summary>What is known of calls; latencies in milliseconds.</summary>
internal sealed record TrafficFigures(
    long Calls,
    long Errors,
    double ErrorRate,
    double CallsPerSecond,
    long InFlight,
    long BytesIn,
    long BytesOut,
    LatencyFigures Latency,
    IReadOnlyDictionary<string, long> Outcomes)
{
    /// <summary>The figures of a sum over some seconds.</summary>
    public static TrafficFigures Of(NamedSum named, double seconds)
    {
        var sum = named.Sum;
        return new TrafficFigures(
            sum.Calls,
            sum.Errors,
            sum.Calls == 0 ? 0 : Round((double)sum.Errors / sum.Calls, 6),
            seconds <= 0 ? 0 : Round(sum.Calls / seconds, 3),
            named.InFlight,
            sum.BytesIn,
            sum.BytesOut,
            LatencyFigures.Of(sum),
            Enum.GetValues<CallOutcome>()
                .Where(outcome => sum.Of(outcome) > 0)
                .ToDictionary(CallOutcomes.NameOf, sum.Of));
    }

    private static double Round(double value, int digits) => Math.Round(value, digits, MidpointRounding.AwayFromZero);
}

/// <summary>How long calls took, in milliseconds; percentiles to within 1/16.</summary>
internal sealed record LatencyFigures(double Mean, double P50, double P90, double P95, double P99, double P999, double Max)
{
    public static LatencyFigures Of(TrafficSum sum) => new(
        sum.Calls == 0 ? 0 : Milliseconds((double)sum.SumMicroseconds / sum.Calls),
        Percentile(sum, 0.5),
        Percentile(sum, 0.9),
        Percentile(sum, 0.95),
        Percentile(sum, 0.99),
        Percentile(sum, 0.999),
        Milliseconds(sum.MaxMicroseconds));

    // The middle of the highest bucket may be above the highest value.
    private static double Percentile(TrafficSum sum, double share) =>
        Milliseconds(Math.Min(sum.Latency.Percentile(share), sum.MaxMicroseconds));

    private static double Milliseconds(double microseconds) => Math.Round(microseconds / 1000, 3, MidpointRounding.AwayFromZero);
}
