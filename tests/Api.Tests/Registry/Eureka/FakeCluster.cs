using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>
/// What is behind the endpoints, without its rules: keeps what is registered, notes what is asked, and answers as told.
/// </summary>
internal sealed class FakeCluster : IReplica<RegistrySnapshot>, IHeartbeats, IServiceGrain
{
    private readonly List<string> calls = [];
    private readonly Lock gate = new();

    public RegistrySnapshot Current { get; set; } = RegistrySnapshot.Empty;

    public ViewVersion Version => Current.Version;

    public LeaseState State => LeaseState.Leased;

    public Exception? Failure { get; set; }

    public Func<Heartbeat, BeatOutcome> Answer { get; set; } = _ => BeatOutcome.Renewed;

    public List<Instance> Registered { get; } = [];

    public List<(string Service, Heartbeat Beat)> Beats { get; } = [];

    /// <summary>The commands so far, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    public IGrainFactory Grains()
    {
        var factory = System.Reflection.DispatchProxy.Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)(object)factory).Cluster = this;
        return factory;
    }

    public ValueTask<RegistrySnapshot> Read(CancellationToken cancellation = default) => new(Current);

    public async IAsyncEnumerable<RegistrySnapshot> Follow([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return Current;
    }

    public ValueTask<BeatOutcome> Beat(string service, Heartbeat beat)
    {
        ThrowIfFailing();
        lock (gate)
        {
            Beats.Add((service, beat));
        }

        return new(Answer(beat));
    }

    public Task<RegisterOutcome> Register(Instance registration, Operation operation)
    {
        ThrowIfFailing();
        lock (gate)
        {
            Registered.Add(registration);
            calls.Add($"register {registration.Id}");
        }

        return Task.FromResult(RegisterOutcome.Created);
    }

    public Task<bool> SetStatus(string id, InstanceStatus status, long? lastDirtyTimestamp, Operation operation) =>
        Note($"set {id} {status} {lastDirtyTimestamp}", id);

    public Task<bool> ClearStatus(string id, InstanceStatus status, Operation operation) => Note($"clear {id} {status}", id);

    public Task<bool> SetMetadata(string id, ImmutableDictionary<string, string> values, Operation operation) =>
        Note($"metadata {id} {string.Join(',', values.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"))}", id);

    public Task<bool> Deregister(string id, Operation operation) => Note($"deregister {id}", id);

    public ValueTask<Instance?> Find(string id) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<BeatOutcome>> Beat(ImmutableArray<Heartbeat> beats) => throw new NotSupportedException();

    public ValueTask<OwnerReport> Report() => throw new NotSupportedException();

    private Task<bool> Note(string call, string id)
    {
        ThrowIfFailing();
        lock (gate)
        {
            calls.Add(call);
        }

        return Task.FromResult(Current.Services.Values.Any(service => service.All.ContainsKey(id)) || Registered.Exists(instance => instance.Id == id));
    }

    private void ThrowIfFailing()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
