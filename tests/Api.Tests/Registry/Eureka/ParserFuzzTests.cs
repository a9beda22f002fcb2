using System.Text;
using CsCheck;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Api.Registry.Eureka.Rendering;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>Whatever is sent, the parsers answer; and what they accept can be given back in every representation.</summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 10_000;

    private static readonly string[] Snippets =
    [
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "1e999", "-0", "99999999999999999999", "\\ud800", "\\u0000", "\u0001",
        "<", ">", "</", "/>", "&", "&#xD;", "<![CDATA[", "]]>", "<!DOCTYPE a>", "<?xml version=\"1.0\"?>", "<a xmlns:x='y' x:b=''/>",
        "\"port\":", "\"metadata\":{", "\"@enabled\":\"maybe\"", "\"$\":", "\"leaseInfo\":[", "\"dataCenterInfo\":7,",
        "<port>", "<metadata>", "<_.zzzz>1</_.zzzz>", "😀", "ſ", "İ", "%", "\0",
    ];

    private static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 200];

    [Fact]
    public void Json_of_random_bytes_never_throws() => NeverThrows(Noise, ReadJson);

    [Fact]
    public void Xml_of_random_bytes_never_throws() => NeverThrows(Noise, ReadXml);

    [Fact]
    public void Json_mutated_never_throws() => NeverThrows(Mutations(Samples.Json), ReadJson);

    [Fact]
    public void Xml_mutated_never_throws() => NeverThrows(Mutations(Samples.Xml), ReadXml);

    [Fact]
    public void Json_with_any_value_in_any_place_never_throws() => NeverThrows(
        Gen.Select(Values, Gen.Int[0, 40], (value, place) => Encoding.UTF8.GetBytes(WithValueAt(place, value))),
        ReadJson);

    [Fact]
    public void Replication_mutated_never_throws() => NeverThrows(
        Mutations($$"""{"replicationList":[{"appName":"A","id":"i","lastDirtyTimestamp":5,"status":"UP","instanceInfo":{{Samples.Json}},"action":"Register"}]}"""),
        document => EurekaJsonReader.TryReadReplication(document, out _));

    private static readonly Gen<string> Values = Gen.Recursive<string>((depth, self) => depth > 6
        ? Gen.Const("0")
        : Gen.OneOf(
            Gen.OneOf<string>("null", "true", "false", "\"\"", "\"UP\"", "1e400", "-1", "0.5", "123456789012345678901234567890", "\"\\ud800\""),
            Gen.String.Select(text => System.Text.Json.JsonSerializer.Serialize(text)),
            self.Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Gen.OneOf("$", "@enabled", "@class", "name", "metadata", "a", "durationInSecs"), self, (name, item) => $"{{\"{name}\":{item}}}")));

    private static Gen<byte[]> Mutations(string document) =>
        Gen.Select(Gen.Int[0, document.Length], Gen.Int[0, 30], Gen.OneOf(Snippets), Gen.Bool)
            .Array[1, 4]
            .Select(edits => edits.Aggregate(document, (text, edit) =>
            {
                var (at, length, snippet, cut) = edit;
                var start = Math.Min(at, text.Length);
                var end = cut ? Math.Min(start + length, text.Length) : start;
                return text[..start] + snippet + text[end..];
            }))
            .Select(Encoding.UTF8.GetBytes);

    private static void NeverThrows(Gen<byte[]> documents, Action<byte[]> read) =>
        Should.NotThrow(() => documents.Sample(read, iter: Rounds));

    /// <summary>Replaces one of the values of the sample document.</summary>
    private static string WithValueAt(int place, string value)
    {
        var starts = Enumerable.Range(0, Samples.Json.Length).Where(i => Samples.Json[i] == ':' && Samples.Json[i - 1] == '"').ToArray();
        var start = starts[place % starts.Length] + 1;
        var end = Samples.Json.IndexOfAny([',', '}'], start);
        return Samples.Json[..start] + value + (Samples.Json[start] == '{' ? ",\"rest\":" + Samples.Json[start..] : Samples.Json[end..]);
    }

    private static void ReadJson(byte[] document)
    {
        if (EurekaJsonReader.TryReadInstance(document, out var registration))
        {
            AcceptAndRender(registration);
        }
    }

    private static void ReadXml(byte[] document)
    {
        if (EurekaXmlReader.TryReadInstance(document, out var registration))
        {
            AcceptAndRender(registration);
        }
    }

    private static void AcceptAndRender(EurekaRegistration registration)
    {
        var app = (registration.App ?? "").ToUpperInvariant();
        if (!RegistrationMapping.TryAccept(registration, app, Samples.Noon, out var instance, out _))
        {
            return;
        }

        var all = new Applications("1", "UP_1_", [new Application(app, [instance])]);
        foreach (var compact in new[] { false, true })
        {
            using var json = System.Text.Json.JsonDocument.Parse(EurekaDocument.Render(all, new Representation(Json: true, compact)));
            System.Xml.Linq.XDocument.Parse(Encoding.UTF8.GetString(EurekaDocument.Render(all, new Representation(Json: false, compact))));
        }

        EurekaJsonReader.TryReadInstance(EurekaDocument.Render(instance, new Representation(Json: true, Compact: false)), out _).ShouldBeTrue();
        EurekaXmlReader.TryReadInstance(EurekaDocument.Render(instance, new Representation(Json: false, Compact: false)), out _).ShouldBeTrue();
    }
}
