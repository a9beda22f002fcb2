using System.Text;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Registry.Eureka.Codec;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class RegistrationMappingTests
{
    [Theory]
    [InlineData("""{"app":"A"}""", "Missing instanceId")]
    [InlineData("""{"app":"A","instanceId":"i"}""", "Missing hostname")]
    [InlineData("""{"app":"A","hostName":" "}""", "Missing instanceId")]
    [InlineData("""{"app":"A","hostName":"h"}""", "Missing ip address")]
    [InlineData("""{"hostName":"h","ipAddr":"1.1.1.1"}""", "Missing appName")]
    [InlineData("""{"app":"b","hostName":"h","ipAddr":"1.1.1.1"}""", "Mismatched appName, expecting A but was B")]
    [InlineData("""{"app":"A","hostName":"h","ipAddr":"1.1.1.1"}""", "Missing dataCenterInfo")]
    [InlineData("""{"app":"A","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{}}""", "Missing dataCenterInfo Name")]
    [InlineData("""{"app":"A","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"Moon"}}""", "Unknown dataCenterInfo Name, expecting one of MyOwn, Netflix, Amazon")]
    [InlineData("""{"app":"A","hostName":"a b/c","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"} }""", "Invalid hostname, expecting a DNS name or an address")]
    [InlineData("""{"app":"A","instanceId":"a\u0000b","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"} }""", "Invalid instanceId, must be 1 to 256 printable characters without '/', '?' and '#'")]
    public void Incomplete_or_wrong_is_refused_by_name(string instance, string expected) =>
        Refusal(instance, "A").ShouldBe(expected);

    [Theory]
    [InlineData("A B")]
    [InlineData("A/B")]
    [InlineData("Ä")]
    public void App_with_unusable_name_is_refused(string app) =>
        Refusal($$"""{"app":"{{app}}","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"} }""", app.ToUpperInvariant())
            .ShouldBe("Invalid appName, must be 1 to 128 letters, digits, '.', '_' or '-'");

    [Theory]
    [InlineData("""{"$":80,"@enabled":"true"}""", """{"$":443,"@enabled":"true"}""", "http://h:80")]
    [InlineData("""{"$":80,"@enabled":"false"}""", """{"$":443,"@enabled":"true"}""", "https://h:443")]
    [InlineData("""{"$":80,"@enabled":"false"}""", """{"$":443,"@enabled":"false"}""", "http://h:80")]
    public void Address_is_of_the_port_in_use(string port, string securePort, string address) =>
        Samples.AcceptJson($$"""{"app":"A","hostName":"h","ipAddr":"1.1.1.1","port":{{port}},"securePort":{{securePort}},"dataCenterInfo":{"name":"MyOwn"} }""")
            .Address.ShouldBe(address);

    [Theory]
    [InlineData("fe80::1", "http://[fe80::1]:7001")]
    [InlineData("[fe80::1]", "http://[fe80::1]:7001")]
    [InlineData("10.1.2.3", "http://10.1.2.3:7001")]
    public void Address_brackets_version_6(string host, string address) =>
        Samples.AcceptJson($$"""{"app":"A","hostName":"{{host}}","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"} }""")
            .Address.ShouldBe(address);

    [Theory]
    [InlineData("{}", "us-east-1a", 1)]
    [InlineData("""{"zone":"z"}""", "z", 1)]
    [InlineData("""{"weight":"7"}""", "us-east-1a", 7)]
    [InlineData("""{"weight":0}""", "us-east-1a", 0)]
    [InlineData("""{"weight":"1001"}""", "us-east-1a", 1)]
    [InlineData("""{"weight":"-1"}""", "us-east-1a", 1)]
    [InlineData("""{"weight":"much"}""", "us-east-1a", 1)]
    public void Zone_and_weight_are_of_the_metadata(string metadata, string zone, int weight)
    {
        var instance = Samples.AcceptJson($$$"""
            {"app":"A","hostName":"h","ipAddr":"1.1.1.1","metadata":{{{metadata}}},
            "dataCenterInfo":{"name":"Amazon","metadata":{"availability-zone":"us-east-1a"} } }
            """);

        instance.Zone.ShouldBe(zone);
        instance.Weight.ShouldBe(weight);
    }

    [Theory]
    [InlineData("0", 90)]
    [InlineData("-5", 90)]
    [InlineData("1", 1)]
    [InlineData("86400", 86_400)]
    [InlineData("2147483647", 86_400)]
    public void Lease_is_kept_within_a_day(string seconds, int expected) =>
        Samples.AcceptJson($$$"""{"app":"A","hostName":"h","ipAddr":"1.1.1.1","leaseInfo":{"durationInSecs":{{{seconds}}}},"dataCenterInfo":{"name":"MyOwn"} }""")
            .Lease.ShouldBe(TimeSpan.FromSeconds(expected));

    [Theory]
    [InlineData("""{"name":"MyOwn"}""", "h", "h:a:9")]
    [InlineData("""{"name":"amazon","metadata":{"instance-id":"i-1"}}""", "i-1", "h:a:9")]
    [InlineData("""{"@class":"com.netflix.appinfo.AmazonInfo"}""", "h", "h:a:9")]
    public void Instance_without_id_goes_by_its_own_name_and_shows_a_made_up_one(string dataCenter, string id, string shown)
    {
        var instance = Samples.AcceptJson($$"""{"app":"a","hostName":"h","ipAddr":"1.1.1.1","port":9,"dataCenterInfo":{{dataCenter}}}""");

        instance.Id.ShouldBe(id);
        instance.Eureka!.NamedByHost.ShouldBeTrue();
        EurekaInstance.Of(instance).InstanceId.ShouldBe(shown);
    }

    [Fact]
    public void Every_field_of_the_wire_reaches_the_instance()
    {
        var details = Samples.AcceptJson("""
            {"app":"A","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"Netflix"},"appGroupName":"G","asgName":"asg","sid":"s",
            "homePageUrl":"a","statusPageUrl":"b","healthCheckUrl":"c","secureHealthCheckUrl":"d","vipAddress":"v","secureVipAddress":"w"}
            """).Eureka!;

        new[]
        {
            details.AppGroupName, details.AsgName, details.Sid, details.HomePageUrl, details.StatusPageUrl, details.HealthCheckUrl,
            details.SecureHealthCheckUrl, details.VipAddress, details.SecureVipAddress, details.DataCenter,
        }.ShouldBe(["G", "asg", "s", "a", "b", "c", "d", "v", "w", "Netflix"]);
    }

    private static string? Refusal(string instance, string app)
    {
        EurekaJsonReader.TryReadInstance(Encoding.UTF8.GetBytes($$"""{"instance":{{instance}}}"""), out var read).ShouldBeTrue();
        RegistrationMapping.TryAccept(read, app, Samples.Noon, out _, out var error).ShouldBeFalse();
        return error;
    }
}
