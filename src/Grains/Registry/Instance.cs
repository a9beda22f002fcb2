using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// One instance of a service, as the service's grain keeps it and as the <c>registry</c> view carries it to every front
/// door. Heartbeats do not change it.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.registry.instance")]
public sealed record Instance
{
    /// <summary>The service's name, upper-case.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>The instance's id, unique in its service, case-sensitive.</summary>
    [Id(1)] public required string Id { get; init; }

    /// <summary>Where calls go: scheme, host and port, without a path (<c>http://10.0.0.5:8080</c>).</summary>
    [Id(2)] public required string Address { get; init; }

    /// <summary>The zone the instance runs in; empty when not said.</summary>
    [Id(3)] public string Zone { get; init; } = "";

    /// <summary>Its share in weighted balancing, 0 to 1000; 0 takes no calls there.</summary>
    [Id(4)] public int Weight { get; init; } = 1;

    /// <summary>The status in force, after the override.</summary>
    [Id(5)] public InstanceStatus Status { get; init; } = InstanceStatus.Up;

    /// <summary>An operator's status that outlives the instance's own; <see cref="InstanceStatus.Unknown"/> for none.</summary>
    [Id(6)] public InstanceStatus Override { get; init; }

    /// <summary>
    /// Kept although its lease ran out, because most of its service fell silent at once: last in balancing.
    /// </summary>
    [Id(7)] public bool Suspect { get; init; }

    /// <summary>The last kind of change.</summary>
    [Id(8)] public InstanceAction Action { get; init; }

    /// <summary>Free key-value pairs of the instance.</summary>
    [Id(9)] public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How long the instance stays after its last heartbeat.</summary>
    [Id(10)] public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>When it was last registered.</summary>
    [Id(11)] public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When the entry last changed.</summary>
    [Id(12)] public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it first became <see cref="InstanceStatus.Up"/>; null if never.</summary>
    [Id(13)] public DateTimeOffset? UpSince { get; init; }

    /// <summary>When it was deregistered or expired; null while it is registered.</summary>
    [Id(14)] public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>What only Eureka's wire format carries; null for an instance registered through the native API.</summary>
    [Id(15)] public EurekaDetails? Eureka { get; init; }

    /// <summary>
    /// When it last gave a sign of life. Only <see cref="IServiceGrain.Find"/> tells it: neither the store nor the view does.
    /// </summary>
    [Id(16)] public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>The entry's key in the <c>registry</c> view.</summary>
    [JsonIgnore] public string Key => KeyOf(Service, Id);

    /// <summary>Whether a balancer may pick it.</summary>
    [JsonIgnore] public bool TakesCalls => Status == InstanceStatus.Up && Action != InstanceAction.Deleted;

    /// <summary>The key in the <c>registry</c> view of an instance of a service.</summary>
    public static string KeyOf(string service, string id) => $"{service}/{id}";
}
