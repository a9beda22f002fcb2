using System.Collections.Immutable;
using Gatehouse.Grains.Placement;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// One service. Reentrant, so that a command that waits for a slow front door holds up neither heartbeats nor other
/// commands; the <see cref="ServiceLedger"/> keeps writes one at a time.
/// </summary>
[GrainType("service"), SpreadEvenly, Reentrant]
internal sealed partial class ServiceGrain(
    [PersistentState("state")] IPersistentState<ServiceState> store,
    IOptions<RegistryOptions> options,
    RegistryMetrics metrics,
    SuspensionWatch suspensions,
    TimeProvider time,
    ILogger<ServiceGrain> logger) : Grain, IServiceGrain
{
    // What is left to do after the last deadline (a write, a publish) is done before the activation is collected.
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(2);

    private ServiceLedger ledger = null!;
    private ServiceRoster roster = null!;
    private IGrainTimer? timer;

    private string Service => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var outlet = new ViewOutlet(GrainFactory, this.GetGrainId(), ViewNames.Registry, time, () => ledger.Report());
        ledger = new ServiceLedger(Service, store, outlet.Enroll, outlet.Publish, StepDown, metrics);
        roster = new ServiceRoster(ledger, options.Value, time, suspensions, WakeAfter, metrics);
        return Task.CompletedTask;
    }

    public Task<RegisterOutcome> Register(Instance registration, Operation operation)
    {
        if (registration.Service != Service)
        {
            throw new ArgumentException($"The registration is for service {registration.Service}, not {Service}.", nameof(registration));
        }

        return roster.Register(registration, operation);
    }

    public ValueTask<ImmutableArray<BeatOutcome>> Beat(ImmutableArray<Heartbeat> beats) => new(roster.Beat(beats));

    public Task<bool> SetStatus(string id, InstanceStatus status, long? lastDirtyTimestamp, Operation operation) =>
        roster.SetStatus(id, status, lastDirtyTimestamp, operation);

    public Task<bool> ClearStatus(string id, InstanceStatus status, Operation operation) =>
        roster.ClearStatus(id, status, operation);

    public Task<bool> SetMetadata(string id, ImmutableDictionary<string, string> values, Operation operation) =>
        roster.SetMetadata(id, values, operation);

    public Task<bool> Deregister(string id, Operation operation) => roster.Deregister(id, operation);

    public ValueTask<Instance?> Find(string id) => new(roster.Find(id));

    public ValueTask<OwnerReport> Report() => new(ledger.Report());

    private void WakeAfter(TimeSpan due)
    {
        // Collected while idle, it would let leases run on for ever.
        DelayDeactivation(due + Linger);
        if (timer is null)
        {
            timer = this.RegisterGrainTimer(
                () =>
                {
                    roster.Wake();
                    return Task.CompletedTask;
                },
                new GrainTimerCreationOptions { DueTime = due, Period = Timeout.InfiniteTimeSpan, Interleave = true, KeepAlive = true });
        }
        else
        {
            timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, Service, cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Service {Service}: stepping down, because what this activation knows is not what the store has")]
        public static partial void WriteFailed(ILogger logger, string service, Exception cause);
    }
}
