using System.Text;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class EurekaJsonReaderTests
{
    private const string Minimal = """
        "app":"A","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"}
        """;

    [Fact]
    public void Instance_minimal_has_defaults()
    {
        var instance = Samples.AcceptJson($"{{{Minimal}}}");

        instance.Status.ShouldBe(InstanceStatus.Up);
        instance.Override.ShouldBe(InstanceStatus.Unknown);
        instance.Lease.ShouldBe(TimeSpan.FromSeconds(90));
        instance.Address.ShouldBe("http://h:7001");
        instance.Weight.ShouldBe(1);
        instance.Zone.ShouldBe("");
        instance.Eureka!.ShouldSatisfyAllConditions(
            eureka => eureka.Port.ShouldBe(7001),
            eureka => eureka.PortEnabled.ShouldBeTrue(),
            eureka => eureka.SecurePort.ShouldBe(7002),
            eureka => eureka.SecurePortEnabled.ShouldBeFalse(),
            eureka => eureka.RenewalIntervalInSecs.ShouldBe(30),
            eureka => eureka.CountryId.ShouldBe(1),
            eureka => eureka.DataCenter.ShouldBe("MyOwn"),
            eureka => eureka.LastDirtyTimestamp.ShouldBe(Samples.Noon.ToUnixTimeMilliseconds()));
    }

    [Theory]
    [InlineData("""{"$":8081,"@enabled":"true"}""", 8081, true)]
    [InlineData("""{"$":"8081","@enabled":true}""", 8081, true)]
    [InlineData("""{"@enabled":"FALSE","$":8081}""", 8081, false)]
    [InlineData("""{"$":8081}""", 8081, true)]
    [InlineData("""{"$":8081,"@enabled":null,"x":{"y":[1]}}""", 8081, true)]
    [InlineData("8081", 8081, true)]
    [InlineData("\"8081\"", 8081, true)]
    [InlineData("null", 7001, true)]
    public void Port_in_every_form_is_read(string port, int number, bool enabled)
    {
        var details = Samples.AcceptJson($$"""{{{Minimal}},"port":{{port}}}""").Eureka!;

        details.Port.ShouldBe(number);
        details.PortEnabled.ShouldBe(enabled);
    }

    [Theory]
    [InlineData("""{"$":65536}""")]
    [InlineData("""{"$":-1}""")]
    [InlineData("""{"$":80.5}""")]
    [InlineData("""{"$":1e3}""")]
    [InlineData("""{"$":"eighty"}""")]
    [InlineData("""{"$":true}""")]
    [InlineData("""{"$":80,"@enabled":"perhaps"}""")]
    [InlineData("99999999999999999999999999")]
    public void Port_that_is_none_is_refused(string port) =>
        CannotRead($$$"""{"instance":{{{{Minimal}}},"port":{{{port}}}}}""");

    [Fact]
    public void Numbers_as_texts_and_texts_as_numbers_are_read()
    {
        var instance = Samples.AcceptJson($$"""
            { {{Minimal}},"countryId":"7","lastDirtyTimestamp":1700000000000,"isCoordinatingDiscoveryServer":true,
            "leaseInfo":{"durationInSecs":"5","renewalIntervalInSecs":"2","evictionTimestamp":{} },"metadata":{"n":1,"b":false,"x":null} }
            """);

        instance.Lease.ShouldBe(TimeSpan.FromSeconds(5));
        instance.Eureka!.RenewalIntervalInSecs.ShouldBe(2);
        instance.Eureka.CountryId.ShouldBe(7);
        instance.Eureka.LastDirtyTimestamp.ShouldBe(1700000000000);
        instance.Eureka.IsCoordinatingDiscoveryServer.ShouldBeTrue();
        instance.Metadata.ShouldBe(new Dictionary<string, string> { ["n"] = "1", ["b"] = "false" }, ignoreOrder: true);
    }

    [Fact]
    public void Nulls_and_unknown_fields_are_ignored()
    {
        var instance = Samples.AcceptJson($$"""
            {{{Minimal}},"instanceId":null,"status":null,"port":null,"securePort":null,"leaseInfo":null,"metadata":null,
            "homePageUrl":null,"vipAddress":null,"lastDirtyTimestamp":null,"countryId":null,"sid":null,"foo":{"a":[{"b":1}]},"bar":[1,2]}
            """);

        instance.Eureka!.HomePageUrl.ShouldBeNull();
        instance.Metadata.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(""" "overriddenstatus":"OUT_OF_SERVICE" """)]
    [InlineData(""" "overriddenStatus":"OUT_OF_SERVICE" """)]
    [InlineData(""" "overriddenStatus":"OUT_OF_SERVICE","overriddenstatus":"UNKNOWN" """)]
    public void Override_in_both_spellings_is_read(string field) =>
        Samples.AcceptJson($$"""{{{Minimal}},{{field}}}""").Override.ShouldBe(InstanceStatus.OutOfService);

    [Fact]
    public void Status_never_heard_of_is_unknown() =>
        Samples.AcceptJson($$"""{{{Minimal}},"status":"PERHAPS"}""").Status.ShouldBe(InstanceStatus.Unknown);

    [Theory]
    [InlineData("""{"@class":"java.util.Collections$EmptyMap"}""")]
    [InlineData("""{"@class":""}""")]
    [InlineData("{}")]
    public void Metadata_type_hint_is_no_entry(string metadata) =>
        Samples.AcceptJson($$"""{{{Minimal}},"metadata":{{metadata}}}""").Metadata.ShouldBeEmpty();

    [Fact]
    public void Byte_order_mark_is_skipped() =>
        EurekaJsonReader.TryReadInstance([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Samples.Json)], out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"instance\"")]
    [InlineData("""{"instance":null}""")]
    [InlineData("""{"instance":[]}""")]
    [InlineData("""{"instance":{}}{}""")]
    [InlineData("""{"instance":{}""")]
    [InlineData("""{"instance":{"app":"\ud800"}}""")]
    [InlineData("""{"instance":{"metadata":{"a":{"b":"c"}}}}""")]
    [InlineData("""{"instance":{"lastDirtyTimestamp":"now"}}""")]
    [InlineData("""{"app":"A","hostName":"h","ipAddr":"1.1.1.1"}""")]
    public void Anything_else_is_refused(string document) => CannotRead(document);

    [Fact]
    public void Deep_nesting_is_refused() =>
        CannotRead($$$"""{"instance":{"x":{{{new string('[', 100_000)}}}{{{new string(']', 100_000)}}}}}""");

    [Fact]
    public void Too_many_metadata_entries_are_refused() =>
        CannotRead("{\"instance\":{\"metadata\":{" + string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"k{i}\":\"\"")) + "}}}");

    private static void CannotRead(string document) =>
        EurekaJsonReader.TryReadInstance(Encoding.UTF8.GetBytes(document), out _).ShouldBeFalse();
}
