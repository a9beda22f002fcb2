using System.Collections.Immutable;
using Gatehouse.Grains.Placement;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Resilience.Health;

/// <summary>Probes a service's instances, and tells the owner of their circuits. What it knows is found out anew after a failover.</summary>
[GrainType("gatehouse.health.health"), SpreadEvenly, Reentrant]
internal sealed partial class HealthGrain(
    IInstanceProbe probe,
    HealthMetrics metrics,
    TimeProvider time,
    ILogger<HealthGrain> logger) : Grain, IHealthGrain
{
    private const int AtOnce = 32;

    // Longer than front doors need to find a new silo.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ProbedInstance, InstanceHealth> known = [];
    private HealthPlan? plan;
    private IGrainTimer? timer;
    private long heardAt;

    private TimeSpan Holds => (3 * (plan?.Rule?.Interval ?? TimeSpan.Zero)) + Silence;

    private string Service => this.GetPrimaryKeyString();

    public Task Keep(HealthPlan plan)
    {
        heardAt = time.GetTimestamp();
        if (!plan.Replaces(this.plan))
        {
            return Task.CompletedTask;
        }

        var rule = this.plan?.Rule;
        this.plan = plan;
        if (plan.Rule is null)
        {
            return Stop();
        }

        foreach (var gone in known.Keys.Except(plan.Instances).ToArray())
        {
            known.Remove(gone);
        }

        if (timer is null || plan.Rule != rule)
        {
            timer?.Dispose();
            timer = this.RegisterGrainTimer(
                Round, new GrainTimerCreationOptions(TimeSpan.Zero, plan.Rule.Interval) { Interleave = true, KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    private async Task Round(CancellationToken cancellation)
    {
        if (plan is not { Rule: { } rule } current)
        {
            return;
        }

        if (time.GetElapsedTime(heardAt) > Silence)
        {
            await Stop();
            return;
        }

        using var room = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(current.Instances.Select(instance => Probe(instance, rule, room, cancellation)));
        await Tell(known.Where(item => item.Value.IsKnown).ToImmutableDictionary(item => item.Key.Id, item => item.Value.Reason));
    }

    private async Task Probe(ProbedInstance instance, RouteHealth rule, SemaphoreSlim room, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        try
        {
            var failure = await probe.Ask(instance, rule.Path, rule.Timeout);
            metrics.Probed(Service, failure is null);
            if (plan?.Instances.Contains(instance) == true)
            {
                if (!known.TryGetValue(instance, out var health))
                {
                    known[instance] = health = new InstanceHealth();
                }

                health.Take(failure, rule);
            }
        }
        finally
        {
            room.Release();
        }
    }

    // What is not probed any more is not known to be unhealthy.
    private async Task Stop()
    {
        timer?.Dispose();
        timer = null;
        var well = known.Keys.ToImmutableDictionary(instance => instance.Id, _ => (string?)null);
        known.Clear();
        await Tell(well);
        DeactivateOnIdle();
    }

    private async Task Tell(ImmutableDictionary<string, string?> reasons)
    {
        if (reasons.IsEmpty)
        {
            return;
        }

        try
        {
            await GrainFactory.GetGrain<ICircuitGrain>(Service).Diagnose(reasons, Holds);
        }
        // Told again after the next round.
        catch (Exception e)
        {
            Log.NotTold(logger, Service, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What probes of {Service} have shown could not be told; it is told again")]
        public static partial void NotTold(ILogger logger, string service, Exception cause);
    }
}
