using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>What becomes of requests beyond their first attempt, on the meter <c>Gatehouse.Gateway</c>.</summary>
internal sealed class AttemptMetrics
{
    private readonly Counter<long> retries;
    private readonly Counter<long> exhausted;
    private readonly Counter<long> hedges;

    public AttemptMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        retries = meter.CreateCounter<long>("gatehouse.gateway.retries", "{attempt}", "Attempts that were made again.");
        exhausted = meter.CreateCounter<long>(
            "gatehouse.gateway.retry_budget.exhausted", "{attempt}", "Attempts that were not made again, or beside, because the service's budget was used up.");
        hedges = meter.CreateCounter<long>("gatehouse.gateway.hedges", "{request}", "Requests that were sent to further instances beside the first.");
    }

    /// <summary>A request was sent to further instances.</summary>
    public void Hedged(string service, bool won) =>
        hedges.Add(1, new("gatehouse.service", service), new("gatehouse.hedge", won ? "won" : "lost"));

    /// <summary>An attempt is made again.</summary>
    public void Retried(string service, AttemptEnd end) =>
        retries.Add(1, new("gatehouse.service", service), new("gatehouse.cause", end.Name));

    /// <summary>One is not, for want of budget.</summary>
    public void BudgetExhausted(string service) => exhausted.Add(1, new KeyValuePair<string, object?>("gatehouse.service", service));
}
