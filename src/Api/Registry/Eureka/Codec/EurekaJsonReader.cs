using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>Reads what clients and peer servers send as JSON.</summary>
internal static class EurekaJsonReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads <c>{"instance":{…}}</c>.</summary>
    public static bool TryReadInstance(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out EurekaRegistration? registration) =>
        TryRead(utf8, ReadInstanceDocument, out registration);

    /// <summary>Reads <c>{"replicationList":[…]}</c>.</summary>
    public static bool TryReadReplication(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out List<ReplicatedEvent>? events) =>
        TryRead(utf8, ReadReplicationDocument, out events);

    private delegate T? DocumentReader<out T>(ref Utf8JsonReader reader);

    private static bool TryRead<T>(ReadOnlySpan<byte> utf8, DocumentReader<T> read, [NotNullWhen(true)] out T? document)
        where T : class
    {
        document = null;
        try
        {
            var reader = new Utf8JsonReader(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8, Options);
            reader.Read();
            var result = read(ref reader);
            // Reading on tells whether the document ends where it should.
            if (!reader.Read())
            {
                document = result;
            }
        }
        // The last is thrown for text with half a surrogate pair.
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }

        return document is not null;
    }

    private static EurekaRegistration? ReadInstanceDocument(ref Utf8JsonReader reader)
    {
        EurekaRegistration? registration = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader) is { } name)
        {
            if (name == "instance" && reader.TokenType == JsonTokenType.StartObject)
            {
                registration = ReadInstance(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return registration;
    }

    private static List<ReplicatedEvent>? ReadReplicationDocument(ref Utf8JsonReader reader)
    {
        List<ReplicatedEvent>? events = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader) is { } name)
        {
            if (name == "replicationList" && reader.TokenType == JsonTokenType.StartArray)
            {
                events = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    events.Add(ReadEvent(ref reader));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return events;
    }

    private static ReplicatedEvent ReadEvent(ref Utf8JsonReader reader)
    {
        var replicated = new ReplicatedEvent();
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader) is { } name)
        {
            if (name == "instanceInfo" && reader.TokenType == JsonTokenType.StartObject)
            {
                replicated.Registration = ReadInstance(ref reader);
            }
            else if (Text(ref reader) is { } text)
            {
                replicated.Set(name, text);
            }
        }

        return replicated;
    }

    private static EurekaRegistration ReadInstance(ref Utf8JsonReader reader)
    {
        var registration = new EurekaRegistration();
        while (NextName(ref reader) is { } name)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadNested(ref reader, name, registration);
            }
            else if (Text(ref reader) is { } text)
            {
                registration.Set(name, text);
            }
        }

        return registration;
    }

    private static void ReadNested(ref Utf8JsonReader reader, string name, EurekaRegistration registration)
    {
        switch (name)
        {
            case "port":
                ReadPort(ref reader, registration.Port);
                break;
            case "securePort":
                ReadPort(ref reader, registration.SecurePort);
                break;
            case "leaseInfo":
                while (NextName(ref reader) is { } field)
                {
                    if (Text(ref reader) is { } text)
                    {
                        registration.SetLease(field, text);
                    }
                }

                break;
            case "metadata":
                ReadMap(ref reader, registration.AddMetadata);
                break;
            case "dataCenterInfo":
                ReadDataCenter(ref reader, registration);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static void ReadPort(ref Utf8JsonReader reader, EurekaPort port)
    {
        while (NextName(ref reader) is { } name)
        {
            if (Text(ref reader) is not { } text)
            {
                continue;
            }

            if (name == "$")
            {
                port.SetNumber(text);
            }
            else if (name == "@enabled")
            {
                port.SetEnabled(text);
            }
        }
    }

    private static void ReadDataCenter(ref Utf8JsonReader reader, EurekaRegistration registration)
    {
        registration.SetDataCenter(className: null, name: null);
        while (NextName(ref reader) is { } name)
        {
            if (name == "metadata" && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMap(ref reader, registration.AddDataCenterMetadata);
            }
            else if (Text(ref reader) is { } text)
            {
                registration.SetDataCenter(name == "@class" ? text : null, name == "name" ? text : null);
            }
        }
    }

    private static void ReadMap(ref Utf8JsonReader reader, Action<string, string> add)
    {
        while (NextName(ref reader) is { } name)
        {
            // The type hint of the original server's serializer, not an entry.
            var isHint = name == "@class";
            if (!isHint && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                throw new FormatException("Metadata is flat.");
            }

            if (Text(ref reader) is { } text && !isHint)
            {
                add(name, text);
            }
        }
    }

    /// <summary>Moves to the next property's value and gives its name; null at the end of the object.</summary>
    private static string? NextName(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        var name = reader.GetString();
        reader.Read();
        return name;
    }

    /// <summary>The value as text; null, and the value skipped, when it is null, an object or an array.</summary>
    private static string? Text(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                reader.Skip();
                return null;
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new FormatException($"Expected {type}.");
        }
    }
}
