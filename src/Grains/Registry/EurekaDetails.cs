using System.Collections.Immutable;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// The fields of an instance that only Eureka's wire format knows. They are kept as registered and given back as such.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.registry.eureka-details")]
public sealed record EurekaDetails
{
    /// <summary>Host name.</summary>
    [Id(0)] public required string HostName { get; init; }

    /// <summary>Address.</summary>
    [Id(1)] public required string IpAddr { get; init; }

    /// <summary>Plain port.</summary>
    [Id(2)] public int Port { get; init; } = 7001;

    /// <summary>Whether the plain port is in use.</summary>
    [Id(3)] public bool PortEnabled { get; init; } = true;

    /// <summary>TLS port.</summary>
    [Id(4)] public int SecurePort { get; init; } = 7002;

    /// <summary>Whether the TLS port is in use.</summary>
    [Id(5)] public bool SecurePortEnabled { get; init; }

    /// <summary>Comma list of virtual names.</summary>
    [Id(6)] public string? VipAddress { get; init; }

    /// <summary>Comma list of virtual names over TLS.</summary>
    [Id(7)] public string? SecureVipAddress { get; init; }

    /// <summary>Home page.</summary>
    [Id(8)] public string? HomePageUrl { get; init; }

    /// <summary>Status page.</summary>
    [Id(9)] public string? StatusPageUrl { get; init; }

    /// <summary>Health check.</summary>
    [Id(10)] public string? HealthCheckUrl { get; init; }

    /// <summary>Health check over TLS.</summary>
    [Id(11)] public string? SecureHealthCheckUrl { get; init; }

    /// <summary>Country id.</summary>
    [Id(12)] public int CountryId { get; init; } = 1;

    /// <summary>Data centre: <c>MyOwn</c>, <c>Netflix</c> or <c>Amazon</c>.</summary>
    [Id(13)] public string DataCenter { get; init; } = "MyOwn";

    /// <summary>Amazon's instance metadata; empty otherwise.</summary>
    [Id(14)] public ImmutableDictionary<string, string> DataCenterMetadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Application group.</summary>
    [Id(15)] public string? AppGroupName { get; init; }

    /// <summary>Auto-scaling group.</summary>
    [Id(16)] public string? AsgName { get; init; }

    /// <summary>Legacy field.</summary>
    [Id(17)] public string? Sid { get; init; }

    /// <summary>Whether the instance is a discovery server.</summary>
    [Id(18)] public bool IsCoordinatingDiscoveryServer { get; init; }

    /// <summary>How often the client says it renews, seconds.</summary>
    [Id(19)] public int RenewalIntervalInSecs { get; init; } = 30;

    /// <summary>The client's own version of the instance, Unix milliseconds.</summary>
    [Id(20)] public long LastDirtyTimestamp { get; init; }

    /// <summary>The client sent no instance id: it names itself by its host name in later calls.</summary>
    [Id(21)] public bool NamedByHost { get; init; }
}
