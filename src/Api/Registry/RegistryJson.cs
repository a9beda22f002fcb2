using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>An instance as the native API tells it.</summary>
internal sealed record InstanceBody(
    string Service,
    string Id,
    string Address,
    string Zone,
    int Weight,
    string Status,
    string? Override,
    bool Suspect,
    IReadOnlyDictionary<string, string> Metadata,
    int LeaseSeconds,
    DateTimeOffset RegisteredAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? UpSince)
{
    public static InstanceBody Of(Instance instance) => new(
        instance.Service,
        instance.Id,
        instance.Address,
        instance.Zone,
        instance.Weight,
        RegistryNames.Of(instance.Status),
        instance.Override == InstanceStatus.Unknown ? null : RegistryNames.Of(instance.Override),
        instance.Suspect,
        instance.Metadata,
        (int)instance.Lease.TotalSeconds,
        instance.RegisteredAt,
        instance.UpdatedAt,
        instance.UpSince);
}

/// <summary>A service in the list of services.</summary>
internal sealed record ServiceSummary(string Name, int Instances, int Up, int Suspect);

/// <summary>All services at one version.</summary>
internal sealed record ServiceList(string Version, IReadOnlyList<ServiceSummary> Services);

/// <summary>A service and its instances.</summary>
internal sealed record ServiceBody(string Name, IReadOnlyList<InstanceBody> Instances);

/// <summary>Which instance is gone, in a watch.</summary>
internal sealed record InstanceRemoved(string Service, string Id);

/// <summary>From which version a watch starts over.</summary>
internal sealed record WatchReset(string Version);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceBody))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ServiceBody))]
[JsonSerializable(typeof(InstanceRemoved))]
[JsonSerializable(typeof(WatchReset))]
internal sealed partial class RegistryJson : JsonSerializerContext;
