using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>The meter <c>Gatehouse.Limits</c>.</summary>
internal sealed class LimitMetrics
{
    private readonly Counter<long> decisions;
    private readonly Histogram<double> exchanges;

    public LimitMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gatehouse.Limits");
        decisions = meter.CreateCounter<long>(
            "gatehouse.limits.refused", "{request}", "Requests that a limit refused, or could not decide on.");
        exchanges = meter.CreateHistogram<double>(
            "gatehouse.limits.exchange.duration", "s", "Round trips to limiters.");
    }

    /// <summary>Counts a request that was not admitted by a limit.</summary>
    public void Refused(string route, string limit, Verdict verdict)
    {
        if (decisions.Enabled)
        {
            decisions.Add(1, new("http.route", route), new("gatehouse.limit", limit), new("gatehouse.limit.verdict", verdict == Verdict.Unknown ? "unknown" : "refused"));
        }
    }

    /// <summary>Records a round trip.</summary>
    public void Exchanged(TimeSpan took, bool answered)
    {
        if (exchanges.Enabled)
        {
            exchanges.Record(took.TotalSeconds, new KeyValuePair<string, object?>("gatehouse.limits.answered", answered));
        }
    }
}
