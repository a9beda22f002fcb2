using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class GoldenShapeTests
{
    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """{"b":"x","a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", "$.a is \"1\", not 1")]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", "$.b is new")]
    [InlineData("""{"a":1}""", """{}""", "$.a is missing")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", "$.a has 1 items, not 2")]
    [InlineData("""{"application":[{"name":"A"},{"name":"B"}]}""", """{"application":[{"name":"B"},{"name":"A"}]}""", null)]
    [InlineData("""{"t":1795385530393}""", """{"t":0}""", "$.t is 0, not 1795385530393")]
    [InlineData("""{"t":0}""", """{"t":1795385530393}""", "$.t is 1795385530393, not 0")]
    [InlineData("""{"t":"1700000000000"}""", """{"t":"1700000000001"}""", "$.t is \"1700000000001\", not \"1700000000000\"")]
    [InlineData("""{"versions__delta":"2"}""", """{"versions__delta":"7"}""", null)]
    [InlineData("""{"versions__delta":"2"}""", """{"versions__delta":"-1"}""", "$.versions__delta is \"-1\", not \"2\"")]
    public void Differences_are_found(string golden, string ours, string? difference) =>
        GoldenShape.Differences(JsonNode.Parse(golden), JsonNode.Parse(ours)).ShouldBe(difference is null ? [] : [difference]);

    [Fact]
    public void Recorded_time_stands_for_a_time_of_now()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        GoldenShape.Differences(JsonValue.Create(1795385530393), JsonValue.Create(now)).ShouldBeEmpty();
        GoldenShape.Differences(JsonValue.Create("1795385530393"), JsonValue.Create($"{now}")).ShouldBeEmpty();
        GoldenShape.Differences(JsonValue.Create("1795385530393"), JsonValue.Create(now)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Xml_is_compared_with_its_attributes() => GoldenShape.Differences(
        GoldenShape.FromXml(XElement.Parse("<a><port enabled='true'>1</port></a>")),
        GoldenShape.FromXml(XElement.Parse("<a><port enabled='false'>1</port></a>"))).ShouldBe(["$.port.@enabled is \"false\", not \"true\""]);
}
