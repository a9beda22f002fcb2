using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>Renders answers in the representation asked for.</summary>
internal static class EurekaDocument
{
    // Nothing of this ends up in a page, and readable text is shorter.
    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // Cleaning the text before is cheaper than an exception of the writer's own check.
    private static readonly XmlWriterSettings XmlOptions = new()
    {
        OmitXmlDeclaration = true,
        CheckCharacters = false,
        Encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    public static byte[] Render(Applications applications, Representation form) => form.Json
        ? Json(writer => EurekaJsonWriter.Write(writer, applications, form.Compact))
        : Xml(writer => EurekaXmlWriter.Write(writer, applications, form.Compact));

    public static byte[] Render(Application application, Representation form) => form.Json
        ? Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("application"u8);
            EurekaJsonWriter.Write(writer, application, form.Compact);
            writer.WriteEndObject();
        })
        : Xml(writer => EurekaXmlWriter.Write(writer, application, form.Compact));

    public static byte[] Render(Instance instance, Representation form) => form.Json
        ? Json(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("instance"u8);
            EurekaJsonWriter.WriteFull(writer, EurekaInstance.Of(instance));
            writer.WriteEndObject();
        })
        : Xml(writer => EurekaXmlWriter.WriteFull(writer, EurekaInstance.Of(instance)));

    public static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Xml(Action<XmlWriter> write)
    {
        using var buffer = new MemoryStream(4096);
        using (var writer = XmlWriter.Create(buffer, XmlOptions))
        {
            write(writer);
        }

        return buffer.ToArray();
    }
}
