using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>Instances, documents and snapshots that tests start from.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public const string Json = """
        {"instance":{"instanceId":"h1:orders:8080","app":"orders","hostName":"h1","ipAddr":"10.0.0.1","vipAddress":"orders",
        "status":"UP","port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90},"metadata":{"zone":"z1"},"lastDirtyTimestamp":"1700000000000"}}
        """;

    public const string Xml = """
        <instance><instanceId>h1:orders:8080</instanceId><hostName>h1</hostName><app>ORDERS</app><ipAddr>10.0.0.1</ipAddr>
        <status>UP</status><overriddenstatus>UNKNOWN</overriddenstatus><port enabled="true">8080</port>
        <securePort enabled="false">443</securePort><countryId>1</countryId>
        <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>
        <leaseInfo><renewalIntervalInSecs>30</renewalIntervalInSecs><durationInSecs>90</durationInSecs></leaseInfo>
        <metadata><zone>z1</zone></metadata><vipAddress>orders</vipAddress></instance>
        """;

    public static Instance Instance(string service = "ORDERS", string id = "h1:orders:8080") => new()
    {
        Service = service,
        Id = id,
        Address = "http://h1:8080",
        RegisteredAt = Noon,
        UpdatedAt = Noon,
        UpSince = Noon,
        Eureka = new EurekaDetails { HostName = "h1", IpAddr = "10.0.0.1", Port = 8080, LastDirtyTimestamp = 5 },
    };

    public static Instance AcceptJson(string instance, string app = "A")
    {
        EurekaJsonReader.TryReadInstance(Encoding.UTF8.GetBytes($$"""{"instance":{{instance}}}"""), out var read).ShouldBeTrue();
        RegistrationMapping.TryAccept(read, app, Noon, out var accepted, out var error).ShouldBeTrue(error);
        return accepted;
    }

    public static RegistrySnapshot Snapshot(params Instance[] instances) => new(
        new ViewVersion(1, instances.Length),
        instances.GroupBy(instance => instance.Service).ToImmutableDictionary(
            group => group.Key,
            group => new ServiceInstances(group.Key, group.ToFrozenDictionary(instance => instance.Id), []),
            StringComparer.OrdinalIgnoreCase));
}
