using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// Owns the instances and leases of one service; the grain's key is the service's upper-case name. Every change is
/// written, then published to the <c>registry</c> view: when a command returns, every front door acts on it. Each command
/// carries its operation, so that sending it again while the first call hangs applies it once, and a call that was stuck
/// in a hung silo undoes nothing later.
/// </summary>
[Alias("gatehouse.registry.service")]
public interface IServiceGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>Registers an instance, or replaces its registration, and starts its lease anew.</summary>
    [Alias("register"), ResponseTimeout("00:00:15")]
    Task<RegisterOutcome> Register(Instance registration, Operation operation);

    /// <summary>Renews leases. Touches memory only, and interleaves with commands that are being written or published.</summary>
    /// <returns>An outcome for each heartbeat, in order.</returns>
    [Alias("beat"), AlwaysInterleave]
    ValueTask<ImmutableArray<BeatOutcome>> Beat(ImmutableArray<Heartbeat> beats);

    /// <summary>Sets an operator's status that overrides the instance's own.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="status">The status.</param>
    /// <param name="lastDirtyTimestamp">The client's version to record, or null to keep it.</param>
    /// <param name="operation">The command's operation.</param>
    /// <returns>False when there is no such instance.</returns>
    [Alias("set-status"), ResponseTimeout("00:00:15")]
    Task<bool> SetStatus(string id, InstanceStatus status, long? lastDirtyTimestamp, Operation operation);

    /// <summary>Removes the override; the instance takes the given status until it speaks for itself.</summary>
    /// <returns>False when there is no such instance.</returns>
    [Alias("clear-status"), ResponseTimeout("00:00:15")]
    Task<bool> ClearStatus(string id, InstanceStatus status, Operation operation);

    /// <summary>Sets some metadata of the instance, keeping the rest.</summary>
    /// <returns>False when there is no such instance.</returns>
    [Alias("set-metadata"), ResponseTimeout("00:00:15")]
    Task<bool> SetMetadata(string id, ImmutableDictionary<string, string> values, Operation operation);

    /// <summary>Takes the instance out: when the call returns, no front door picks it for a request.</summary>
    /// <returns>False when there is no such instance.</returns>
    [Alias("deregister"), ResponseTimeout("00:00:15")]
    Task<bool> Deregister(string id, Operation operation);

    /// <summary>The instance as it is now, with the time of its last heartbeat; null when there is none.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<Instance?> Find(string id);
}

/// <summary>What a registration did.</summary>
[GenerateSerializer, Alias("gatehouse.registry.register-outcome")]
public enum RegisterOutcome
{
    /// <summary>A new instance.</summary>
    Created = 0,

    /// <summary>An instance known before.</summary>
    Replaced = 1,
}

/// <summary>A sign of life.</summary>
/// <param name="Id">The instance.</param>
/// <param name="LastDirtyTimestamp">The client's version of itself, or null when it did not say.</param>
/// <param name="Replicated">Whether a peer server passes it on.</param>
/// <param name="Override">The override a peer knows, or <see cref="InstanceStatus.Unknown"/>.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.registry.heartbeat")]
public readonly record struct Heartbeat(
    [property: Id(0)] string Id,
    [property: Id(1)] long? LastDirtyTimestamp = null,
    [property: Id(2)] bool Replicated = false,
    [property: Id(3)] InstanceStatus Override = InstanceStatus.Unknown);

/// <summary>What became of a heartbeat.</summary>
[GenerateSerializer, Alias("gatehouse.registry.beat-outcome")]
public enum BeatOutcome : byte
{
    /// <summary>The lease is renewed.</summary>
    Renewed = 0,

    /// <summary>Unknown instance, or one that must register again: Eureka's 404.</summary>
    RegisterAgain = 1,

    /// <summary>A peer passed on an older version than this one: Eureka's 409.</summary>
    Outdated = 2,
}
