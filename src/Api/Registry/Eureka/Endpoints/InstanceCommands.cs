using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Api.Registry.Eureka.Rendering;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>
/// Commands on instances by the names that callers use. A service knows an instance by the name it registered under; only
/// when that is not it, it may be the made-up id that readers of the registry see.
/// </summary>
internal sealed class InstanceCommands(ServiceCommands commands, IReplica<RegistrySnapshot> registry, IHeartbeats heartbeats)
{
    public Task Register(Instance instance) => commands.Register(instance);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<BeatOutcome> Renew(string app, Heartbeat beat, CancellationToken cancellation)
    {
        var outcome = await heartbeats.Beat(app, beat);
        return outcome == BeatOutcome.RegisterAgain && await RegisteredName(app, beat.Id, cancellation) is { } name
            ? await heartbeats.Beat(app, beat with { Id = name })
            : outcome;
    }

    public Task<bool> Cancel(string app, string id, CancellationToken cancellation) =>
        Run(app, id, name => commands.Deregister(app, name), cancellation);

    public Task<bool> SetStatus(string app, string id, InstanceStatus status, long? lastDirty, CancellationToken cancellation) =>
        Run(
            app,
            id,
            name => status == InstanceStatus.Unknown
                ? commands.ClearStatus(app, name, InstanceStatus.Unknown)
                : commands.SetStatus(app, name, status, lastDirty),
            cancellation);

    public Task<bool> ClearStatus(string app, string id, InstanceStatus status, CancellationToken cancellation) =>
        Run(app, id, name => commands.ClearStatus(app, name, status), cancellation);

    public Task<bool> SetMetadata(string app, string id, ImmutableDictionary<string, string> values, CancellationToken cancellation) =>
        Run(app, id, name => commands.SetMetadata(app, name, values), cancellation);

    public async ValueTask<Instance?> Find(string app, string id, CancellationToken cancellation) =>
        (await registry.Read(cancellation)).TryFind(app, id, out var instance) ? instance : null;

    private async Task<bool> Run(
        string app,
        string id,
        Func<string, Task<bool>> command,
        CancellationToken cancellation)
    {
        // Such a name cannot have been registered; no grain is woken for it.
        if (EurekaNames.ReasonAgainst(app, id) is not null)
        {
            return false;
        }

        return await command(id) || (await RegisteredName(app, id, cancellation) is { } name && await command(name));
    }

    private async ValueTask<string?> RegisteredName(string app, string id, CancellationToken cancellation) =>
        await Find(app, id, cancellation) is { } instance && instance.Id != id ? instance.Id : null;
}
