using System.Text;
using Gatehouse.Grains.Identity.Sessions.Attributes;

namespace Gatehouse.Grains.Tests.Identity.Sessions.Attributes;

public sealed class AttributeRulesTests
{
    private const int Limit = 1000;

    // RFC 7396, appendix A; attributes are always an object.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"ü<>"}""", """{"b":"\u00fc"}""", """{"a":"ü<>","b":"ü"}""")]
    public void Apply_merges_a_patch(string before, string patch, string after)
    {
        var write = AttributeRules.Apply(At(3, before), new AttributesChange([.. Encoding.UTF8.GetBytes(patch)], Merge: true, null), Limit);

        write.Outcome.ShouldBe(AttributesOutcome.Written);
        write.Attributes.Version.ShouldBe(4);
        Text(write.Attributes).ShouldBe(after);
    }

    [Fact]
    public void Apply_replaces_the_version_that_is_named_only()
    {
        var current = At(3, """{"a":1}""");

        Text(Put(current, """{"b":2}""", 3).Attributes).ShouldBe("""{"b":2}""");
        Text(Put(current, """{"b":2}""", null).Attributes).ShouldBe("""{"b":2}""");
        Put(current, """{"b":2}""", 2).ShouldBe(new AttributesWrite(AttributesOutcome.Conflict, current));
        Put(current, """{"b":2}""", 4).Outcome.ShouldBe(AttributesOutcome.Conflict);
    }

    [Fact]
    public void Apply_again_of_what_is_written_changes_nothing()
    {
        var current = At(3, """{"a":1}""");

        Put(current, """{ "a": 1 }""", 2).ShouldBe(new AttributesWrite(AttributesOutcome.Written, current));
    }

    [Fact]
    public void Apply_refuses_what_is_too_large_and_keeps_what_there_is()
    {
        var current = At(3, """{"a":1}""");

        Put(current, $$"""{"b":"{{new string('x', Limit)}}"}""", 3).ShouldBe(new AttributesWrite(AttributesOutcome.TooLarge, current));
    }

    private static SessionAttributes At(long version, string json) => new(version, [.. Encoding.UTF8.GetBytes(json)]);

    private static string Text(SessionAttributes attributes) => Encoding.UTF8.GetString(attributes.Json.AsSpan());

    private static AttributesWrite Put(SessionAttributes current, string json, long? expected) =>
        AttributeRules.Apply(current, new AttributesChange([.. Encoding.UTF8.GetBytes(json)], Merge: false, expected), Limit);
}
