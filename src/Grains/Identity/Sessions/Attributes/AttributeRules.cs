using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Grains.Identity.Sessions.Attributes;

/// <summary>How a session's attributes change.</summary>
internal static class AttributeRules
{
    // What is stored is never part of a page.
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Applies a change, or says why not.</summary>
    /// <param name="current">The attributes there are.</param>
    /// <param name="change">The change; its JSON is an object.</param>
    /// <param name="limit">How many bytes the result may have.</param>
    public static AttributesWrite Apply(SessionAttributes current, AttributesChange change, int limit)
    {
        var next = Next(current, change);
        var isExpected = change.Expected is not { } expected || expected == current.Version;
        if (!isExpected && (change.Merge || !next.AsSpan().SequenceEqual(current.Json.AsSpan())))
        {
            return new AttributesWrite(AttributesOutcome.Conflict, current);
        }

        // Also when it was expected otherwise: the answer to the first such request was lost (RFC 9110, 13.1.1).
        if (next.AsSpan().SequenceEqual(current.Json.AsSpan()))
        {
            return new AttributesWrite(AttributesOutcome.Written, current);
        }

        return next.Length > limit
            ? new AttributesWrite(AttributesOutcome.TooLarge, current)
            : new AttributesWrite(AttributesOutcome.Written, new SessionAttributes(current.Version + 1, [.. next]));
    }

    private static byte[] Next(SessionAttributes current, AttributesChange change)
    {
        var wanted = (JsonObject)JsonNode.Parse(change.Json.AsSpan())!;
        var next = change.Merge ? Merge(JsonNode.Parse(current.Json.AsSpan()), wanted) : wanted;
        return JsonSerializer.SerializeToUtf8Bytes(next, Compact);
    }

    // RFC 7396, 2.
    private static JsonNode Merge(JsonNode? target, JsonNode patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                var before = merged[name];
                var after = Merge(before, value);
                if (!ReferenceEquals(before, after))
                {
                    merged[name] = after;
                }
            }
        }

        return merged;
    }
}
