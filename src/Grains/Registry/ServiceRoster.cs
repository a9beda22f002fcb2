using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// The instances of one service: the commands on them, and their leases. Leases are in memory only; a new activation
/// gives every instance a fresh one. Runs on its grain's scheduler, or on any one thread.
/// </summary>
internal sealed class ServiceRoster
{
    /// <summary>How soon a publish that failed in the background is tried again.</summary>
    private static readonly TimeSpan PublishAgainAfter = TimeSpan.FromSeconds(1);

    // Beyond those that a message of theirs can still repeat.
    private const int OperationsKept = 16;

    // Enrolling and publishing, each with its retries.
    private static readonly TimeSpan RegistrationPatience = 2 * ViewOutlet.Patience;

    private readonly ServiceLedger ledger;
    private readonly RegistryOptions options;
    private readonly TimeProvider time;
    private readonly RegistryMetrics metrics;
    private readonly Leases leases;
    private readonly LeaseAlarm alarm;
    private readonly HostAliases aliases = new();

    /// <summary>Makes a roster of what the ledger has, with a fresh lease for each.</summary>
    /// <param name="ledger">Where changes go.</param>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="suspensions">Tells when heartbeats could not be heard.</param>
    /// <param name="wakeAfter">Sets the one timer that calls <see cref="Wake"/>.</param>
    /// <param name="metrics">What is counted.</param>
    public ServiceRoster(
        ServiceLedger ledger,
        RegistryOptions options,
        TimeProvider time,
        SuspensionWatch suspensions,
        Action<TimeSpan> wakeAfter,
        RegistryMetrics metrics)
    {
        this.ledger = ledger;
        this.options = options;
        this.time = time;
        this.metrics = metrics;
        leases = new Leases(options, time, suspensions);
        alarm = new LeaseAlarm(leases, wakeAfter);
        foreach (var instance in Live)
        {
            leases.Renew(instance.Id, leases.Now);
        }

        ledger.PublishFailed = () => alarm.WakeBy(leases.Now + PublishAgainAfter);
        ledger.Resume();
        ScheduleNext();
    }

    private IEnumerable<Instance> Live => ledger.Proposed.Values.Where(instance => instance.Action != InstanceAction.Deleted);

    /// <summary>See <see cref="IServiceGrain.Register"/>.</summary>
    public async Task<RegisterOutcome> Register(Instance registration, Operation? operation = null)
    {
        if (await IsApplied(operation) is { } created)
        {
            return created ? RegisterOutcome.Created : RegisterOutcome.Replaced;
        }

        var existing = ledger.Proposed.GetValueOrDefault(registration.Id);
        var outcome = IsLive(existing) ? RegisterOutcome.Replaced : RegisterOutcome.Created;
        var next = RegistrationRules.Register(existing, registration, time.GetUtcNow());

        // Until the registration is answered its client has nothing to renew: a publish may take longer than the lease.
        Renew(next, RegistrationPatience);
        ProposeIfChanged(existing, next);
        Remember(operation, outcome == RegisterOutcome.Created);
        try
        {
            await ledger.Settle();
        }
        finally
        {
            if (ledger.Proposed.GetValueOrDefault(next.Id) is { } registered && IsLive(registered))
            {
                Renew(registered);
            }
        }

        metrics.Registered();
        return outcome;
    }

    /// <summary>See <see cref="IServiceGrain.Beat"/>.</summary>
    public ImmutableArray<BeatOutcome> Beat(ImmutableArray<Heartbeat> heartbeats)
    {
        var outcomes = ImmutableArray.CreateBuilder<BeatOutcome>(heartbeats.Length);
        var now = leases.Now;
        var changed = false;
        foreach (ref readonly var beat in heartbeats.AsSpan())
        {
            var instance = Resolve(beat.Id);
            var (outcome, renews) = RegistrationRules.Judge(instance, beat);
            outcomes.Add(outcome);
            if (!renews)
            {
                continue;
            }

            leases.Renew(instance!.Id, now);
            var next = instance.Suspect ? instance with { Suspect = false } : instance;
            if (beat.Replicated && outcome == BeatOutcome.RegisterAgain && beat.Override != InstanceStatus.Unknown)
            {
                next = RegistrationRules.TakeOverride(next, beat.Override, time.GetUtcNow());
            }

            changed |= ProposeIfChanged(instance, next);
        }

        if (changed)
        {
            // In the background: a heartbeat is not kept waiting, and a failed publish is tried again by the timer.
            SettleLater();
        }

        metrics.Beaten(heartbeats.Length);
        return outcomes.MoveToImmutable();
    }

    /// <summary>See <see cref="IServiceGrain.SetStatus"/>.</summary>
    public Task<bool> SetStatus(string id, InstanceStatus status, long? lastDirtyTimestamp, Operation? operation = null) =>
        Change(id, instance => RegistrationRules.SetStatus(instance, status, lastDirtyTimestamp, time.GetUtcNow()), operation);

    /// <summary>See <see cref="IServiceGrain.ClearStatus"/>.</summary>
    public Task<bool> ClearStatus(string id, InstanceStatus status, Operation? operation = null) =>
        Change(id, instance => RegistrationRules.ClearStatus(instance, status, time.GetUtcNow()), operation);

    /// <summary>See <see cref="IServiceGrain.SetMetadata"/>.</summary>
    public Task<bool> SetMetadata(string id, ImmutableDictionary<string, string> values, Operation? operation = null) =>
        Change(id, instance => RegistrationRules.SetMetadata(instance, values, time.GetUtcNow()), operation);

    /// <summary>See <see cref="IServiceGrain.Deregister"/>.</summary>
    public async Task<bool> Deregister(string id, Operation? operation = null)
    {
        if (await IsApplied(operation) is { } known)
        {
            return known;
        }

        var instance = Resolve(id);
        if (instance is null)
        {
            return false;
        }

        var live = IsLive(instance);
        if (live)
        {
            Remove(instance);
            Remember(operation, true);
            ScheduleNext();
        }

        // Also when it is gone already: the removal may still be on its way to the front doors.
        await ledger.Settle();
        if (live)
        {
            metrics.Deregistered();
        }

        return live;
    }

    /// <summary>See <see cref="IServiceGrain.Find"/>.</summary>
    public Instance? Find(string id)
    {
        if (Resolve(id) is not { } known
            || ledger.Written.Instances.GetValueOrDefault(known.Id) is not { } written
            || !IsLive(written))
        {
            return null;
        }

        return written with { RenewedAt = leases.RenewedAt(written.Id) };
    }

    /// <summary>Acts on every deadline that has passed. Called by the timer, which it sets anew.</summary>
    public void Wake()
    {
        var now = leases.Now;
        var expired = Live.Where(instance => now >= leases.DeadlineOf(instance)).ToList();
        if (expired.Count > 0)
        {
            var preserve = leases.MostAreSilent(Live);
            foreach (var instance in expired)
            {
                if (preserve && !instance.Suspect)
                {
                    ledger.Propose(instance.Id, instance with { Suspect = true });
                    metrics.Suspected();
                }
                else
                {
                    Remove(instance);
                    metrics.Expired();
                }
            }
        }

        var utc = time.GetUtcNow();
        var purged = ledger.Proposed.Values.Where(instance => PurgeAt(instance) <= utc).ToList();
        foreach (var instance in purged)
        {
            ledger.Propose(instance.Id, null);
        }

        if (expired.Count > 0 || purged.Count > 0 || ledger.Unpublished)
        {
            SettleLater();
        }

        ScheduleNext();
    }

    private async Task<bool> Change(string id, Func<Instance, Instance> change, Operation? operation)
    {
        if (await IsApplied(operation) is { } known)
        {
            return known;
        }

        var instance = Resolve(id);
        if (!IsLive(instance))
        {
            return false;
        }

        var next = change(instance!);
        Renew(next);
        ProposeIfChanged(instance, next);
        Remember(operation, true);
        await ledger.Settle();
        return true;
    }

    /// <summary>What the operation was answered when it was applied, once that has settled; null when it was not.</summary>
    private async ValueTask<bool?> IsApplied(Operation? operation)
    {
        if (operation is not { } command)
        {
            return null;
        }

        command.ThrowIfExpired(time.GetUtcNow());
        if (ledger.Applied.Find(command.Id) is not { } applied)
        {
            return null;
        }

        await ledger.Settle();
        return applied.Answer;
    }

    private void Remember(Operation? operation, bool answer)
    {
        if (operation is { } command)
        {
            ledger.Applied = ledger.Applied.Add(command, answer, time.GetUtcNow(), OperationsKept);
        }
    }

    private bool ProposeIfChanged(Instance? instance, Instance next)
    {
        if (ReferenceEquals(instance, next))
        {
            return false;
        }

        ledger.Propose(next.Id, next);
        return true;
    }

    private void Remove(Instance instance)
    {
        ledger.Propose(instance.Id, RegistrationRules.Remove(instance, time.GetUtcNow()));
        leases.End(instance.Id);
    }

    private void Renew(Instance instance, TimeSpan headStart = default)
    {
        leases.Renew(instance.Id, leases.Now + headStart);
        alarm.WakeBy(leases.DeadlineOf(instance));
    }

    // Nobody waits, so nobody is told of a failure: a write's ends the activation, a publish's sets the timer.
    private void SettleLater() => _ = ledger.Settle().Exception;

    private DateTimeOffset? PurgeAt(Instance instance) => instance.RemovedAt + options.DeltaRetention;

    private void ScheduleNext()
    {
        alarm.Clear();
        var utc = time.GetUtcNow();
        TimeSpan? next = ledger.Unpublished ? leases.Now + PublishAgainAfter : null;
        foreach (var instance in ledger.Proposed.Values)
        {
            var due = PurgeAt(instance) is { } purge ? leases.Now + (purge - utc) : leases.DeadlineOf(instance);
            next = next < due ? next : due;
        }

        if (next is { } at)
        {
            alarm.WakeBy(at);
        }
    }

    private Instance? Resolve(string id) => aliases.Resolve(ledger.Proposed, id);

    private static bool IsLive(Instance? instance) => instance is { Action: not InstanceAction.Deleted };
}
