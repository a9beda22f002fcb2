using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>
/// Compares an answer with a recorded one: the same names, kinds and values, in any order; where the recording has a time
/// of its own, a time of ours.
/// </summary>
internal static class GoldenShape
{
    // 2026-11-22, the day of the recording.
    private const long RecordedFrom = 1795300000000;

    /// <summary>The differences, each with its place; none when the answers agree.</summary>
    public static IEnumerable<string> Differences(JsonNode? golden, JsonNode? ours, string place = "$")
    {
        if (golden is JsonObject expected && ours is JsonObject actual)
        {
            var names = expected.Select(pair => pair.Key).Union(actual.Select(pair => pair.Key));
            return names.SelectMany(name => (expected.ContainsKey(name), actual.ContainsKey(name)) switch
            {
                (true, false) => [$"{place}.{name} is missing"],
                (false, true) => [$"{place}.{name} is new"],
                _ => Differences(expected[name], actual[name], $"{place}.{name}"),
            });
        }

        if (golden is JsonArray list && ours is JsonArray other)
        {
            var (left, right) = (Sorted(list), Sorted(other));
            return left.Length != right.Length
                ? [$"{place} has {right.Length} items, not {left.Length}"]
                : left.Zip(right).SelectMany((pair, i) => Differences(pair.First, pair.Second, $"{place}[{i}]"));
        }

        return Same(golden?.ToJsonString(), ours?.ToJsonString(), place) ? [] : [$"{place} is {ours?.ToJsonString()}, not {golden?.ToJsonString()}"];
    }

    /// <summary>The element as JSON, so that both formats are compared by the same rules.</summary>
    public static JsonNode FromXml(XElement element)
    {
        if (!element.HasElements && !element.HasAttributes)
        {
            return JsonValue.Create(element.Value);
        }

        var node = new JsonObject();
        foreach (var attribute in element.Attributes())
        {
            node[$"@{attribute.Name.LocalName}"] = attribute.Value;
        }

        foreach (var group in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            node[group.Key] = group.Key is "application" or "instance"
                ? new JsonArray([.. group.Select(FromXml)])
                : FromXml(group.Single());
        }

        if (!element.HasElements && element.Value.Length > 0)
        {
            node["$"] = element.Value;
        }

        return node;
    }

    private static bool Same(string? golden, string? ours, string place)
    {
        if (golden is null || ours is null || golden == ours)
        {
            return golden == ours;
        }

        if (place.EndsWith(".versions__delta", StringComparison.Ordinal))
        {
            return golden != "\"-1\"" && IsNumber(ours, golden[0] == '"', out var version) && version >= 0;
        }

        return IsNumber(golden, golden[0] == '"', out var recorded)
            && recorded >= RecordedFrom
            && IsNumber(ours, golden[0] == '"', out var time)
            && Math.Abs(time - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) < 120_000;
    }

    private static bool IsNumber(string json, bool quoted, out long number)
    {
        number = 0;
        return (json[0] == '"') == quoted && long.TryParse(json.Trim('"'), NumberStyles.Integer, CultureInfo.InvariantCulture, out number);
    }

    // Applications and instances are sets; other lists are in order.
    private static JsonNode?[] Sorted(JsonArray list) =>
        [.. list.OrderBy(node => node is JsonObject item ? (item["name"] ?? item["instanceId"])?.ToString() : "", StringComparer.Ordinal)];
}
