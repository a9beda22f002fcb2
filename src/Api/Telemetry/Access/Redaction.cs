using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Leaves secrets out of what is logged: by name, for headers and for fields of JSON and of forms.</summary>
internal static class Redaction
{
    /// <summary>What stands for a value.</summary>
    public const string Mask = "***";

    private static readonly string[] Secret =
        ["password", "passwd", "secret", "token", "authorization", "apikey", "cookie", "credential", "identity", "session", "signature"];

    private static readonly string[] SecretExactly = ["pin", "otp", "code", "cvv", "cvc", "iban", "ssn"];

    /// <summary>Whether the value of a header or field is left out.</summary>
    public static bool IsSecret(string name, ImmutableArray<string> more)
    {
        var plain = name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Array.Exists(Secret, part => plain.Contains(part, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(SecretExactly, whole => plain.Equals(whole, StringComparison.OrdinalIgnoreCase))
            || more.Any(one => name.Equals(one, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A body without its secrets; null when it is of a kind whose secrets cannot be told.</summary>
    /// <param name="body">The body, or the beginning of it.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="more">Names to leave out, beside those that always are.</param>
    public static string? Body(ReadOnlySpan<byte> body, string? contentType, ImmutableArray<string> more)
    {
        var type = contentType?.Split(';')[0].Trim() ?? "";
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        {
            return Json(body, more);
        }

        return type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? Form(Encoding.UTF8.GetString(body), more)
            : null;
    }

    // Token by token, since of a long body there is only the beginning.
    private static string Json(ReadOnlySpan<byte> body, ImmutableArray<string> more)
    {
        var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
        var text = new ArrayBufferWriter<byte>(body.Length + 16);
        using var writer = new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString() is { } name)
                {
                    writer.WritePropertyName(name);
                    if (IsSecret(name, more))
                    {
                        writer.WriteStringValue(Mask);
                        if (!reader.TrySkip())
                        {
                            break;
                        }
                    }
                }
                else
                {
                    Copy(ref reader, writer);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What is not JSON from here on is not told.
        }

        writer.Flush();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static string Form(string body, ImmutableArray<string> more) => string.Join('&', body.Split('&').Select(pair =>
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return end > 0 && IsSecret(Uri.UnescapeDataString(pair[..end].Replace('+', ' ')), more) ? $"{pair[..end]}={Mask}" : pair;
    }));
}
