using System.Text;
using System.Xml.Linq;
using CsCheck;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Api.Registry.Eureka.Rendering;
using Gatehouse.Grains.Registry;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class RenderingTests
{
    private static readonly Representation FullJson = new(Json: true, Compact: false);
    private static readonly Representation FullXml = new(Json: false, Compact: false);

    [Fact]
    public void Hash_counts_statuses_in_alphabetical_order()
    {
        var instances = Enum.GetValues<InstanceStatus>()
            .SelectMany(status => Enumerable.Repeat(Samples.Instance() with { Status = status }, (int)status + 1));

        Hashcode.Of(instances).ShouldBe("DOWN_3_OUT_OF_SERVICE_5_STARTING_4_UNKNOWN_1_UP_2_");
        Hashcode.Of([]).ShouldBe("");
    }

    [Fact]
    public void Instance_survives_json_and_xml() => Gen.Select(Texts, Texts, Texts, Gen.Int[0, 65535], Gen.Bool).Sample(given =>
    {
        var (key, value, url, port, enabled) = given;
        var instance = Samples.Instance() with { Metadata = Samples.Instance().Metadata.Add(key, value) };
        instance = instance with
        {
            Eureka = instance.Eureka! with { HomePageUrl = url, SecurePort = port, SecurePortEnabled = enabled, AsgName = value, Sid = key },
        };

        EurekaJsonReader.TryReadInstance(EurekaDocument.Render(instance, FullJson), out var json).ShouldBeTrue();
        EurekaXmlReader.TryReadInstance(EurekaDocument.Render(instance, FullXml), out var xml).ShouldBeTrue();
        foreach (var read in new[] { json, xml })
        {
            RegistrationMapping.TryAccept(read, "ORDERS", Samples.Noon, out var again, out var error).ShouldBeTrue(error);
            again.Metadata.ShouldBe(instance.Metadata);
            again.Id.ShouldBe(instance.Id);
            again.Lease.ShouldBe(instance.Lease);
            again.Eureka.ShouldBe(instance.Eureka with { DataCenterMetadata = again.Eureka!.DataCenterMetadata });
        }
    });

    [Fact]
    public void Text_that_xml_cannot_carry_is_replaced()
    {
        var instance = Samples.Instance() with { Metadata = Samples.Instance().Metadata.Add("k", "a\u0001b\uffff😀") };

        XDocument.Parse(Encoding.UTF8.GetString(EurekaDocument.Render(instance, FullXml)))
            .Root!.Element("metadata")!.Element("k")!.Value.ShouldBe("a\ufffdb\ufffd😀");
    }

    [Theory]
    [InlineData("a_b", "a__b")]
    [InlineData("a$b", "a_-b")]
    [InlineData("a b", "a_.0020b")]
    [InlineData("1a", "_.0031a")]
    [InlineData("a:b", "a_.003ab")]
    [InlineData("", "_")]
    [InlineData("_", "__")]
    [InlineData("a.b-c", "a.b-c")]
    public void Metadata_key_becomes_an_element_name(string key, string name)
    {
        XmlNames.EncodeName(key).ShouldBe(name);
        XmlNames.DecodeName(name).ShouldBe(key);
    }

    [Fact]
    public async Task Concurrent_requests_share_one_rendering()
    {
        var time = new FakeTimeProvider(Samples.Noon);
        var cache = new RenderCache(time);
        var snapshot = Samples.Snapshot([.. Enumerable.Range(0, 200).Select(i => Samples.Instance(id: $"i{i}"))]);

        var bodies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => cache.Of(snapshot).Everything(FullJson))));
        var deltas = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => cache.Of(snapshot).Delta(FullJson))));

        bodies.Distinct().Count().ShouldBe(1);
        deltas.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Late_reader_of_an_older_snapshot_does_not_replace_the_newest()
    {
        var cache = new RenderCache(new FakeTimeProvider(Samples.Noon));
        var older = Samples.Snapshot(Samples.Instance(id: "a"));
        var newer = Samples.Snapshot(Samples.Instance(id: "a"), Samples.Instance(id: "b"));

        var rendered = cache.Of(newer);
        cache.Of(older).Snapshot.ShouldBeSameAs(older);

        cache.Of(newer).ShouldBeSameAs(rendered);
    }

    // What both formats carry unchanged: line ends of XML are normalized when read, and its blank texts are trimmed.
    private static readonly Gen<string> Texts =
        Gen.Char.AlphaNumeric.Array[1, 4].Select(c => new string(c)).SelectMany(head => Gen.Char[' ', '\ud7ff'].Array[0, 8]
            .Select(tail => head + new string([.. tail.Where(c => System.Xml.XmlConvert.IsXmlChar(c) && c is < '\u007f' or > '\u009f')]).TrimEnd() + "z"));
}
