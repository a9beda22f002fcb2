using System.Collections.Immutable;
using Gatehouse.Api.Commands;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>The commands of <see cref="IServiceGrain"/>, sent again when the silo that had them does not answer.</summary>
internal sealed class ServiceCommands(IGrainFactory grains, TimeProvider time)
{
    public async Task<RegisterOutcome> Register(Instance registration) =>
        (await Resend.Send(() => Service(registration.Service).Register(registration), time)).Value;

    public async Task<bool> SetStatus(string service, string id, InstanceStatus status, long? lastDirtyTimestamp = null) =>
        (await Resend.Send(() => Service(service).SetStatus(id, status, lastDirtyTimestamp), time)).Value;

    public async Task<bool> ClearStatus(string service, string id, InstanceStatus status) =>
        (await Resend.Send(() => Service(service).ClearStatus(id, status), time)).Value;

    public async Task<bool> SetMetadata(string service, string id, ImmutableDictionary<string, string> values) =>
        (await Resend.Send(() => Service(service).SetMetadata(id, values), time)).Value;

    /// <summary>Whether the instance was there; one that an unanswered call may have taken out counts as having been.</summary>
    public async Task<bool> Deregister(string service, string id)
    {
        var (known, resent) = await Resend.Send(() => Service(service).Deregister(id), time);
        return known || resent;
    }

    private IServiceGrain Service(string name) => grains.GetGrain<IServiceGrain>(name);
}
