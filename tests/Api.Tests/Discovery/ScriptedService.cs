using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Discovery;

/// <summary>A service of the registry whose calls can be held up half way.</summary>
internal sealed class ScriptedService : IServiceGrain
{
    /// <summary>What is registered.</summary>
    public Dictionary<string, Instance> Instances { get; } = [];

    /// <summary>Deregistrations wait for this after the instance is gone, as they do for front doors.</summary>
    public TaskCompletionSource? Deregistering { get; set; }

    /// <summary>Answers to heartbeats wait for this.</summary>
    public TaskCompletionSource? Beating { get; set; }

    public Task<RegisterOutcome> Register(Instance registration, Operation operation)
    {
        var outcome = Instances.ContainsKey(registration.Id) ? RegisterOutcome.Replaced : RegisterOutcome.Created;
        Instances[registration.Id] = registration;
        return Task.FromResult(outcome);
    }

    public async Task<bool> Deregister(string id, Operation operation)
    {
        var known = Instances.Remove(id);
        await (Deregistering?.Task ?? Task.CompletedTask);
        return known;
    }

    public async ValueTask<ImmutableArray<BeatOutcome>> Beat(ImmutableArray<Heartbeat> beats)
    {
        var outcomes = beats.Select(beat => Instances.ContainsKey(beat.Id) ? BeatOutcome.Renewed : BeatOutcome.RegisterAgain).ToImmutableArray();
        await (Beating?.Task ?? Task.CompletedTask);
        return outcomes;
    }

    public ValueTask<Instance?> Find(string id) => ValueTask.FromResult(Instances.GetValueOrDefault(id));

    public Task<bool> SetStatus(string id, InstanceStatus status, long? lastDirtyTimestamp, Operation operation) => throw new NotSupportedException();

    public Task<bool> ClearStatus(string id, InstanceStatus status, Operation operation) => throw new NotSupportedException();

    public Task<bool> SetMetadata(string id, ImmutableDictionary<string, string> values, Operation operation) => throw new NotSupportedException();

    public ValueTask<OwnerReport> Report() => throw new NotSupportedException();
}
