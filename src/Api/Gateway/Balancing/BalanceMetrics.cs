using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>What balancing tells of itself, in the meter of the gateway.</summary>
internal sealed class BalanceMetrics
{
    private readonly Counter<long> spilled;

    public BalanceMetrics(IMeterFactory meters) => spilled = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
        "gatehouse.gateway.spilled", "{request}", "Requests that did not go to their own zone or instance: why.");

    /// <summary>A request went elsewhere than it belongs.</summary>
    /// <param name="service">Its service.</param>
    /// <param name="reason"><c>zone-lost</c>, <c>zone-busy</c> or <c>instance-full</c>.</param>
    public void Spill(string service, string reason)
    {
        if (spilled.Enabled)
        {
            spilled.Add(1, new("gatehouse.service", service), new("gatehouse.spill.reason", reason));
        }
    }
}
