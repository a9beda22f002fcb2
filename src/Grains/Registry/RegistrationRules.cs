using System.Collections.Immutable;

namespace Gatehouse.Grains.Registry;

/// <summary>What a command makes of an instance. Pure; the semantics are Eureka's, which the native API shares.</summary>
internal static class RegistrationRules
{
    /// <summary>The entry after a registration; the same object when nothing but its times would change.</summary>
    public static Instance Register(Instance? existing, Instance registration, DateTimeOffset now)
    {
        var live = existing is { Action: not InstanceAction.Deleted } ? existing : null;

        // A registration that was overtaken by a newer one renews the lease, but brings no old data back.
        var source = live is not null && DirtyOf(live) > DirtyOf(registration)
            ? live with { Lease = registration.Lease }
            : registration;

        var held = live is { Override: not InstanceStatus.Unknown } ? live.Override : source.Override;
        var status = Decide(source.Status, held, live?.Status);
        var next = source with
        {
            Status = status,
            Override = held,
            Suspect = false,
            Action = InstanceAction.Added,
            RegisteredAt = now,
            UpdatedAt = now,
            UpSince = live?.UpSince ?? UpAt(status, now),
            RemovedAt = null,
            RenewedAt = null,
        };
        return live is not null && SameContent(live, next) ? live : next;
    }

    /// <summary>The entry under an operator's status.</summary>
    public static Instance SetStatus(Instance instance, InstanceStatus status, long? lastDirtyTimestamp, DateTimeOffset now)
    {
        var eureka = instance.Eureka;
        if (eureka is not null && lastDirtyTimestamp > eureka.LastDirtyTimestamp)
        {
            eureka = eureka with { LastDirtyTimestamp = lastDirtyTimestamp.Value };
        }

        return instance.Status == status && instance.Override == status && ReferenceEquals(eureka, instance.Eureka)
            ? instance
            : instance with
            {
                Status = status,
                Override = status,
                Eureka = eureka,
                Action = InstanceAction.Modified,
                UpdatedAt = now,
                UpSince = instance.UpSince ?? UpAt(status, now),
            };
    }

    /// <summary>The entry without an operator's status; unchanged when it has none.</summary>
    public static Instance ClearStatus(Instance instance, InstanceStatus status, DateTimeOffset now) =>
        instance.Override == InstanceStatus.Unknown
            ? instance
            : instance with
            {
                Status = status,
                Override = InstanceStatus.Unknown,
                Action = InstanceAction.Modified,
                UpdatedAt = now,
                UpSince = instance.UpSince ?? UpAt(status, now),
            };

    /// <summary>The entry with some metadata set. Eureka counts it as a registration.</summary>
    public static Instance SetMetadata(Instance instance, ImmutableDictionary<string, string> values, DateTimeOffset now)
    {
        var merged = instance.Metadata.SetItems(values);
        return SameEntries(merged, instance.Metadata)
            ? instance
            : instance with { Metadata = merged, Action = InstanceAction.Added, RegisteredAt = now, UpdatedAt = now };
    }

    /// <summary>
    /// The entry with the override that a peer server knows. The status follows it unless the instance says of itself that
    /// it takes no calls.
    /// </summary>
    public static Instance TakeOverride(Instance instance, InstanceStatus status, DateTimeOffset now) =>
        instance.Override == status
            ? instance
            : instance with
            {
                Status = Decide(instance.Status, status, instance.Status),
                Override = status,
                Action = InstanceAction.Modified,
                UpdatedAt = now,
            };

    /// <summary>The entry of an instance that is gone, as delta readers see it.</summary>
    public static Instance Remove(Instance instance, DateTimeOffset now) =>
        instance with { Action = InstanceAction.Deleted, Suspect = false, UpdatedAt = now, RemovedAt = now };

    /// <summary>The answer to a heartbeat, and whether it renews the lease.</summary>
    public static (BeatOutcome Outcome, bool Renews) Judge(Instance? instance, in Heartbeat beat)
    {
        if (instance is null || instance.Action == InstanceAction.Deleted || instance.Status == InstanceStatus.Unknown)
        {
            return (BeatOutcome.RegisterAgain, false);
        }

        if (instance.Eureka is not { } eureka || beat.LastDirtyTimestamp is not { } theirs)
        {
            return (BeatOutcome.Renewed, true);
        }

        // It is alive, but has changed since it registered: it is asked for its new registration.
        if (theirs > eureka.LastDirtyTimestamp)
        {
            return (BeatOutcome.RegisterAgain, true);
        }

        return (theirs < eureka.LastDirtyTimestamp && beat.Replicated ? BeatOutcome.Outdated : BeatOutcome.Renewed, true);
    }

    /// <summary>Whether two entries tell the same, whenever they were told.</summary>
    public static bool SameContent(Instance left, Instance right)
    {
        if (!SameEntries(left.Metadata, right.Metadata) || (left.Eureka is null) != (right.Eureka is null))
        {
            return false;
        }

        // Dictionaries compare by reference: what was compared by content above is made the same object, so that the
        // record's own equality decides on everything else, fields of later versions included.
        var eureka = right.Eureka;
        if (eureka is not null)
        {
            if (!SameEntries(left.Eureka!.DataCenterMetadata, eureka.DataCenterMetadata))
            {
                return false;
            }

            eureka = eureka with { DataCenterMetadata = left.Eureka.DataCenterMetadata };
        }

        return left == right with
        {
            Metadata = left.Metadata,
            Eureka = eureka,
            RegisteredAt = left.RegisteredAt,
            UpdatedAt = left.UpdatedAt,
        };
    }

    // What an instance says of itself when it is not ready wins; then the operator; then what is in force, so that a
    // restart does not undo it; then the instance.
    private static InstanceStatus Decide(InstanceStatus registered, InstanceStatus held, InstanceStatus? inForce)
    {
        if (registered is not (InstanceStatus.Up or InstanceStatus.OutOfService))
        {
            return registered;
        }

        if (held != InstanceStatus.Unknown)
        {
            return held;
        }

        return inForce is InstanceStatus.Up or InstanceStatus.OutOfService ? inForce.Value : registered;
    }

    private static DateTimeOffset? UpAt(InstanceStatus status, DateTimeOffset now) =>
        status == InstanceStatus.Up ? now : null;

    private static long? DirtyOf(Instance instance) => instance.Eureka?.LastDirtyTimestamp;

    private static bool SameEntries(ImmutableDictionary<string, string> left, ImmutableDictionary<string, string> right) =>
        ReferenceEquals(left, right)
        || (left.Count == right.Count
            && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
