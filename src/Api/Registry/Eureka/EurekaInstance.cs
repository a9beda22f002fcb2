using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>
/// How an instance looks on the wire. One registered through the native API has no Eureka fields; they are made up from
/// its address, because clients drop instances that lack them.
/// </summary>
/// <param name="Entry">The instance.</param>
/// <param name="Details">Its own or made-up Eureka fields.</param>
internal readonly record struct EurekaInstance(Instance Entry, EurekaDetails Details)
{
    /// <summary>What the original server's serializer writes for a map without entries.</summary>
    public const string EmptyMap = "java.util.Collections$EmptyMap";

    public static EurekaInstance Of(Instance instance) => new(instance, instance.Eureka ?? MakeUp(instance));

    /// <summary>
    /// The id that clients see. Clients that state none call themselves by their host, but other clients never match the
    /// registry's hash when an instance has no id, so it gets one of the customary form <c>host:app:port</c>.
    /// </summary>
    public string InstanceId => Details.NamedByHost
        ? string.Create(CultureInfo.InvariantCulture, $"{Details.HostName}:{Entry.Service.ToLowerInvariant()}:{CalledPort}")
        : Entry.Id;

    /// <summary>Free pairs; a zone stated natively is among them, which is where clients look for it.</summary>
    public ImmutableDictionary<string, string> Metadata =>
        Entry.Eureka is null && Entry.Zone.Length > 0 && !Entry.Metadata.ContainsKey("zone")
            ? Entry.Metadata.Add("zone", Entry.Zone)
            : Entry.Metadata;

    public bool IsAmazon => Details.DataCenter == "Amazon";

    /// <summary>The type hint that the original server's clients need to read the data centre.</summary>
    public string DataCenterClass => IsAmazon
        ? "com.netflix.appinfo.AmazonInfo"
        : "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";

    public long LeaseSeconds => (long)Entry.Lease.TotalSeconds;

    public long RegisteredAt => Entry.RegisteredAt.ToUnixTimeMilliseconds();

    public long RemovedAt => Entry.RemovedAt?.ToUnixTimeMilliseconds() ?? 0;

    public long UpSince => Entry.UpSince?.ToUnixTimeMilliseconds() ?? 0;

    public long UpdatedAt => Entry.UpdatedAt.ToUnixTimeMilliseconds();

    private int CalledPort => Details.IsSecureOnly() ? Details.SecurePort : Details.Port;

    private static EurekaDetails MakeUp(Instance instance)
    {
        var known = Uri.TryCreate(instance.Address, UriKind.Absolute, out var address);
        var host = known ? address!.Host.Trim('[', ']') : instance.Id;
        var secure = known && address!.Scheme == Uri.UriSchemeHttps;
        var vip = instance.Service.ToLowerInvariant();
        var details = new EurekaDetails
        {
            HostName = host,
            IpAddr = host,
            PortEnabled = !secure,
            SecurePortEnabled = secure,
            VipAddress = vip,
            SecureVipAddress = vip,
            RenewalIntervalInSecs = Math.Max(1, (int)(instance.Lease.TotalSeconds / 3)),
            LastDirtyTimestamp = instance.RegisteredAt.ToUnixTimeMilliseconds(),
        };
        if (!known)
        {
            return details;
        }

        return secure ? details with { SecurePort = address!.Port } : details with { Port = address!.Port };
    }
}
