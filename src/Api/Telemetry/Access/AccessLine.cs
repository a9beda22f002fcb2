using System.Buffers;
using System.Text.Json;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Makes lines of JSON; each thread has one, used again for every line.</summary>
internal sealed class AccessLine : IDisposable
{
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    [ThreadStatic] private static AccessLine? own;

    private readonly ArrayBufferWriter<byte> bytes = new(1024);
    private readonly Utf8JsonWriter json;

    private AccessLine() => json = new Utf8JsonWriter(bytes, Unchecked);

    /// <summary>This thread's.</summary>
    public static AccessLine Own => own ??= new AccessLine();

    /// <summary>An event as a line, with its end; valid until the next.</summary>
    public ReadOnlySpan<byte> Of(in AccessEvent access, DateTimeOffset now)
    {
        bytes.ResetWrittenCount();
        json.Reset(bytes);
        json.WriteStartObject();
        json.WriteString("time", now.UtcDateTime);
        json.WriteString("event", "access");
        var fields = new Fields(json);
        access.Tell(ref fields);
        json.WriteEndObject();
        json.Flush();
        bytes.Write("\n"u8);
        return bytes.WrittenSpan;
    }

    public void Dispose() => json.Dispose();

    private readonly struct Fields(Utf8JsonWriter json) : IAccessFields
    {
        public void Text(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        public void Number(string name, long value) => json.WriteNumber(name, value);
    }
}
