using System.Globalization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>
/// An instance as a client sent it, before any rule is applied. Both formats are read as names and texts, so that both
/// are equally tolerant: numbers and booleans may be quoted, unknown names are ignored, what is absent has its default.
/// </summary>
internal sealed class EurekaRegistration
{
    private const int MaxMetadata = 1_000;

    public string? InstanceId { get; private set; }

    public string? App { get; private set; }

    public string? HostName { get; private set; }

    public string? IpAddr { get; private set; }

    public InstanceStatus Status { get; private set; } = InstanceStatus.Up;

    public InstanceStatus Override { get; private set; }

    public EurekaPort Port { get; } = new(7001, enabled: true);

    public EurekaPort SecurePort { get; } = new(7002, enabled: false);

    public int CountryId { get; private set; } = 1;

    public string? VipAddress { get; private set; }

    public string? SecureVipAddress { get; private set; }

    public string? HomePageUrl { get; private set; }

    public string? StatusPageUrl { get; private set; }

    public string? HealthCheckUrl { get; private set; }

    public string? SecureHealthCheckUrl { get; private set; }

    public string? AppGroupName { get; private set; }

    public string? AsgName { get; private set; }

    public string? Sid { get; private set; }

    public bool IsCoordinatingDiscoveryServer { get; private set; }

    public long LastDirtyTimestamp { get; private set; }

    public int DurationInSecs { get; private set; }

    public int RenewalIntervalInSecs { get; private set; }

    public bool HasDataCenter { get; private set; }

    public string? DataCenterClass { get; private set; }

    public string? DataCenter { get; private set; }

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> DataCenterMetadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Sets a field that has a plain value.</summary>
    /// <exception cref="FormatException">The text is not what the field holds.</exception>
    public void Set(string name, string text)
    {
        switch (name)
        {
            case "instanceId": InstanceId = text; break;
            case "app": App = text; break;
            case "hostName": HostName = text; break;
            case "ipAddr": IpAddr = text; break;
            case "status": Status = StatusOf(text); break;
            // Two spellings are in use, and some clients send both: the one that says something counts.
            case "overriddenStatus" or "overriddenstatus":
                Override = StatusOf(text) is var status and not InstanceStatus.Unknown ? status : Override;
                break;
            case "port": Port.SetNumber(text); break;
            case "securePort": SecurePort.SetNumber(text); break;
            case "countryId": CountryId = Number(text, CountryId); break;
            case "vipAddress": VipAddress = text; break;
            case "secureVipAddress": SecureVipAddress = text; break;
            case "homePageUrl": HomePageUrl = text; break;
            case "statusPageUrl": StatusPageUrl = text; break;
            case "healthCheckUrl": HealthCheckUrl = text; break;
            case "secureHealthCheckUrl": SecureHealthCheckUrl = text; break;
            case "appGroupName": AppGroupName = text; break;
            case "asgName": AsgName = text; break;
            case "sid": Sid = text; break;
            case "isCoordinatingDiscoveryServer": IsCoordinatingDiscoveryServer = Flag(text); break;
            case "lastDirtyTimestamp": LastDirtyTimestamp = LongNumber(text); break;
        }
    }

    /// <summary>Sets a field of <c>leaseInfo</c>; the server's own ones are ignored.</summary>
    public void SetLease(string name, string text)
    {
        switch (name)
        {
            case "durationInSecs": DurationInSecs = Number(text, DurationInSecs); break;
            case "renewalIntervalInSecs": RenewalIntervalInSecs = Number(text, RenewalIntervalInSecs); break;
        }
    }

    public void SetDataCenter(string? className, string? name)
    {
        HasDataCenter = true;
        DataCenterClass = className ?? DataCenterClass;
        DataCenter = name ?? DataCenter;
    }

    public void AddMetadata(string name, string text) => Add(Metadata, name, text);

    public void AddDataCenterMetadata(string name, string text) => Add(DataCenterMetadata, name, text);

    internal static int Number(string text, int whenEmpty)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return whenEmpty;
        }

        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("Not a whole number of 32 bits.");
    }

    internal static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException("Neither true nor false.");

    private static long LongNumber(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return 0;
        }

        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("Not a whole number of 64 bits.");
    }

    // A status this server has never heard of is one it knows nothing about, as in the original server.
    private static InstanceStatus StatusOf(string text) =>
        EurekaStatus.TryParse(text.AsSpan().Trim(), out var status) ? status : InstanceStatus.Unknown;

    private static void Add(Dictionary<string, string> values, string name, string text)
    {
        values[name] = text;
        if (values.Count > MaxMetadata)
        {
            throw new FormatException("Too many metadata entries.");
        }
    }
}
