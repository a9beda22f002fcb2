using System.Text;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class EurekaXmlReaderTests
{
    [Fact]
    public void Instance_is_read_like_its_json()
    {
        EurekaXmlReader.TryReadInstance(Encoding.UTF8.GetBytes(Samples.Xml), out var xml).ShouldBeTrue();
        RegistrationMapping.TryAccept(xml, "ORDERS", Samples.Noon, out var instance, out _).ShouldBeTrue();

        instance.Id.ShouldBe("h1:orders:8080");
        instance.Address.ShouldBe("http://h1:8080");
        instance.Zone.ShouldBe("z1");
        instance.Lease.ShouldBe(TimeSpan.FromSeconds(90));
        instance.Eureka!.SecurePort.ShouldBe(443);
        instance.Eureka.SecurePortEnabled.ShouldBeFalse();
        instance.Eureka.DataCenter.ShouldBe("MyOwn");
        instance.Eureka.VipAddress.ShouldBe("orders");
    }

    [Theory]
    [InlineData("overriddenstatus")]
    [InlineData("overriddenStatus")]
    public void Override_in_both_spellings_is_read(string name) =>
        Read($"<instance><{name}>DOWN</{name}></instance>").Override.ShouldBe(InstanceStatus.Down);

    [Fact]
    public void Metadata_keys_are_decoded() =>
        Read("<instance><metadata><a.b>1</a.b><my__key>2</my__key><my_key2>3</my_key2><a_-b>4</a_-b><a_.0020b> 5 </a_.0020b></metadata></instance>")
            .Metadata.ShouldBe(
                new Dictionary<string, string> { ["a.b"] = "1", ["my_key"] = "2", ["my_key2"] = "3", ["a$b"] = "4", ["a b"] = " 5 " },
                ignoreOrder: true);

    [Fact]
    public void Amazon_metadata_is_read() =>
        Read("<instance><dataCenterInfo class='com.netflix.appinfo.AmazonInfo'><name>Amazon</name><metadata><instance-id>i-1</instance-id></metadata></dataCenterInfo></instance>")
            .DataCenterMetadata["instance-id"].ShouldBe("i-1");

    [Theory]
    [InlineData("")]
    [InlineData("<instance>")]
    [InlineData("<instances></instances>")]
    [InlineData("<instance><port>eighty</port></instance>")]
    [InlineData("<instance><port><number>1</number></port></instance>")]
    [InlineData("<instance><metadata><a><b/></a></metadata></instance>")]
    [InlineData("<instance/><instance/>")]
    [InlineData("<?xml version='1.0' encoding='no-such'?><instance/>")]
    [InlineData("<!DOCTYPE instance><instance/>")]
    [InlineData("<!DOCTYPE instance [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><instance><app>&e;</app></instance>")]
    [InlineData("<!DOCTYPE i [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><instance><app>&b;</app></instance>")]
    [InlineData("<instance><app>&undefined;</app></instance>")]
    [InlineData("<instance><app>&#0;</app></instance>")]
    public void Anything_else_is_refused(string document) => CannotRead(document);

    [Fact]
    public void Deep_nesting_is_refused() =>
        CannotRead($"<instance>{string.Concat(Enumerable.Repeat("<a>", 50_000))}{string.Concat(Enumerable.Repeat("</a>", 50_000))}</instance>");

    private static EurekaRegistration Read(string document)
    {
        EurekaXmlReader.TryReadInstance(Encoding.UTF8.GetBytes(document), out var registration).ShouldBeTrue();
        return registration;
    }

    private static void CannotRead(string document) =>
        EurekaXmlReader.TryReadInstance(Encoding.UTF8.GetBytes(document), out _).ShouldBeFalse();
}
