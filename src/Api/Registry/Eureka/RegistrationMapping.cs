using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>What makes a registration acceptable, and the instance it stands for.</summary>
internal static class RegistrationMapping
{
    private const int DefaultLease = 90;
    private const int DefaultRenewal = 30;
    private const int LongestLease = 86_400;
    private const int HeaviestWeight = 1_000;

    private static readonly string[] DataCenters = ["MyOwn", "Netflix", "Amazon"];

    /// <summary>Makes the instance, or says why not in the original server's words.</summary>
    /// <param name="registration">What the client sent.</param>
    /// <param name="app">The application of the request's path, upper-case.</param>
    /// <param name="now">The client's version of the instance, when it states none.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="error">What is missing or wrong.</param>
    public static bool TryAccept(
        EurekaRegistration registration,
        string app,
        DateTimeOffset now,
        [NotNullWhen(true)] out Instance? instance,
        [NotNullWhen(false)] out string? error)
    {
        var dataCenter = DataCenterOf(registration);
        var named = !string.IsNullOrWhiteSpace(registration.InstanceId);
        var id = named ? registration.InstanceId : OwnName(registration, dataCenter);
        error = Refusal(registration, app, id, dataCenter);
        if (error is not null)
        {
            instance = null;
            return false;
        }

        var details = DetailsOf(registration, dataCenter!, now) with { NamedByHost = !named };
        var metadata = registration.Metadata.ToImmutableDictionary(StringComparer.Ordinal);
        instance = new Instance
        {
            Service = app,
            Id = id!,
            Address = AddressOf(details),
            Zone = ZoneOf(metadata, details),
            Weight = WeightOf(metadata),
            Status = registration.Status,
            Override = registration.Override,
            Metadata = metadata,
            Lease = TimeSpan.FromSeconds(Seconds(registration.DurationInSecs, DefaultLease)),
            Eureka = details,
        };
        return true;
    }

    private static string? Refusal(EurekaRegistration registration, string app, string? id, string? dataCenter)
    {
        // The order is the original server's, so that a client sees the same complaint first.
        var own = registration.App?.ToUpperInvariant();
        return registration switch
        {
            _ when string.IsNullOrWhiteSpace(id) => "Missing instanceId",
            { HostName: var host } when string.IsNullOrWhiteSpace(host) => "Missing hostname",
            { IpAddr: var address } when string.IsNullOrWhiteSpace(address) => "Missing ip address",
            _ when string.IsNullOrWhiteSpace(own) => "Missing appName",
            _ when own != app => $"Mismatched appName, expecting {app} but was {own}",
            { HasDataCenter: false } => "Missing dataCenterInfo",
            _ when dataCenter is null => "Missing dataCenterInfo Name",
            _ when !DataCenters.Contains(dataCenter) => $"Unknown dataCenterInfo Name, expecting one of {string.Join(", ", DataCenters)}",
            _ => ReasonAgainstHost(registration) ?? EurekaNames.ReasonAgainst(app, id),
        };
    }

    private static string? ReasonAgainstHost(EurekaRegistration registration) =>
        IsHost(registration.HostName!) ? null : "Invalid hostname, expecting a DNS name or an address";

    private static bool IsHost(string host) =>
        host.Length <= 255 && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static string? DataCenterOf(EurekaRegistration registration)
    {
        if (registration.DataCenterClass?.EndsWith("AmazonInfo", StringComparison.Ordinal) == true)
        {
            return "Amazon";
        }

        var name = registration.DataCenter;
        return string.IsNullOrWhiteSpace(name)
            ? null
            : DataCenters.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
    }

    /// <summary>How a client that states no id calls itself in later requests.</summary>
    private static string? OwnName(EurekaRegistration registration, string? dataCenter) =>
        dataCenter == "Amazon" && registration.DataCenterMetadata.TryGetValue("instance-id", out var id) && id.Length > 0
            ? id
            : registration.HostName;

    private static EurekaDetails DetailsOf(EurekaRegistration registration, string dataCenter, DateTimeOffset now) => new()
    {
        HostName = registration.HostName!,
        IpAddr = registration.IpAddr!,
        Port = registration.Port.Number,
        PortEnabled = registration.Port.Enabled,
        SecurePort = registration.SecurePort.Number,
        SecurePortEnabled = registration.SecurePort.Enabled,
        VipAddress = registration.VipAddress,
        SecureVipAddress = registration.SecureVipAddress,
        HomePageUrl = registration.HomePageUrl,
        StatusPageUrl = registration.StatusPageUrl,
        HealthCheckUrl = registration.HealthCheckUrl,
        SecureHealthCheckUrl = registration.SecureHealthCheckUrl,
        CountryId = registration.CountryId,
        DataCenter = dataCenter,
        DataCenterMetadata = dataCenter == "Amazon"
            ? registration.DataCenterMetadata.ToImmutableDictionary(StringComparer.Ordinal)
            : ImmutableDictionary<string, string>.Empty,
        AppGroupName = registration.AppGroupName,
        AsgName = registration.AsgName,
        Sid = registration.Sid,
        IsCoordinatingDiscoveryServer = registration.IsCoordinatingDiscoveryServer,
        RenewalIntervalInSecs = Seconds(registration.RenewalIntervalInSecs, DefaultRenewal),
        LastDirtyTimestamp = registration.LastDirtyTimestamp > 0 ? registration.LastDirtyTimestamp : now.ToUnixTimeMilliseconds(),
    };

    private static string AddressOf(EurekaDetails details)
    {
        var host = Uri.CheckHostName(details.HostName) == UriHostNameType.IPv6
            ? $"[{details.HostName.Trim('[', ']')}]"
            : details.HostName;
        var (scheme, port) = details.IsSecureOnly()
            ? (Uri.UriSchemeHttps, details.SecurePort)
            : (Uri.UriSchemeHttp, details.Port);
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}");
    }

    private static string ZoneOf(ImmutableDictionary<string, string> metadata, EurekaDetails details) =>
        metadata.GetValueOrDefault("zone") ?? details.DataCenterMetadata.GetValueOrDefault("availability-zone", "");

    private static int WeightOf(ImmutableDictionary<string, string> metadata) =>
        int.TryParse(metadata.GetValueOrDefault("weight"), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
        && weight <= HeaviestWeight
            ? weight
            : 1;

    private static int Seconds(int stated, int whenNot) => stated > 0 ? Math.Min(stated, LongestLease) : whenNot;

    /// <summary>Whether calls go to the TLS port, because the plain one is not in use.</summary>
    public static bool IsSecureOnly(this EurekaDetails details) => details is { SecurePortEnabled: true, PortEnabled: false };
}
