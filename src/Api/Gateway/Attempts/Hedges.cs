using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Registry;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>Sends requests of routes that ask for it to a further instance when the first is late.</summary>
internal sealed class Hedges(InstancePicker picker, RetryBudgets budgets, UpstreamClient client, AttemptMetrics metrics, TimeProvider time)
    : IKeptByService
{
    private readonly ConcurrentDictionary<string, RecentLatency> latencies = new(StringComparer.Ordinal);

    public UpstreamClient Client => client;

    public AttemptMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>What sends an attempt, and further ones beside it; null when the request must go out once.</summary>
    public HedgedSend? TryMake(GatewayCall call, Attempt attempt, TryTime limit)
    {
        var context = call.Context;
        return call.Plan.Hedge is { } rule
            && context.Request.IsSafe()
            && call.Upload is null
            && call.Circuits is not { IsProbe: true }
            && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            ? new HedgedSend(this, call, rule, attempt, limit)
            : null;
    }

    /// <summary>How long a service lately took.</summary>
    public RecentLatency LatencyOf(string service) => latencies.GetOrAdd(service, static (_, time) => new RecentLatency(time), time);

    /// <inheritdoc/>
    public void Sweep(ImmutableDictionary<string, ServiceInstances> services) => latencies.KeepOnly(services);

    /// <summary>Enters a further instance; null when there is none, or the service's budget is used up.</summary>
    public async ValueTask<RoutableInstance?> EnterAnother(GatewayCall call, string service, List<RoutableInstance> tried)
    {
        var instance = await picker.EnterOther(service, call, tried);
        if (instance is null || budgets.Of(service).TryTake(call.Plan.Retry.Budget))
        {
            return instance;
        }

        instance.Leave();
        metrics.BudgetExhausted(service);
        return null;
    }
}
