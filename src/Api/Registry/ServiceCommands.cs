using System.Collections.Immutable;
using Gatehouse.Api.Commands;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>The calls of <see cref="IServiceGrain"/>, sent again when the silo that had them does not answer.</summary>
internal sealed class ServiceCommands(IGrainFactory grains, CommandSender sender, TimeProvider time)
{
    public Task<RegisterOutcome> Register(Instance registration) =>
        Send(registration.Service, (service, operation) => service.Register(registration, operation));

    public Task<bool> SetStatus(string service, string id, InstanceStatus status, long? lastDirtyTimestamp = null) =>
        Send(service, (grain, operation) => grain.SetStatus(id, status, lastDirtyTimestamp, operation));

    public Task<bool> ClearStatus(string service, string id, InstanceStatus status) =>
        Send(service, (grain, operation) => grain.ClearStatus(id, status, operation));

    public Task<bool> SetMetadata(string service, string id, ImmutableDictionary<string, string> values) =>
        Send(service, (grain, operation) => grain.SetMetadata(id, values, operation));

    public Task<bool> Deregister(string service, string id) =>
        Send(service, (grain, operation) => grain.Deregister(id, operation));

    /// <summary>The instance as its grain knows it; null when there is none.</summary>
    public Task<Instance?> Find(string service, string id) => sender.Send(() => grains.GetGrain<IServiceGrain>(service).Find(id).AsTask());

    private Task<T> Send<T>(string service, Func<IServiceGrain, Operation, Task<T>> command)
    {
        var grain = grains.GetGrain<IServiceGrain>(service);
        // One time for all attempts: when its client has given up, none of them may take effect any more.
        var operation = Operation.Now(Guid.NewGuid().ToString("N"), time);
        return sender.Send(() => command(grain, operation));
    }
}
