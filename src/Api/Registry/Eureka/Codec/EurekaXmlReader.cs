using System.Diagnostics.CodeAnalysis;
using System.Xml;
using System.Xml.Linq;

namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>Reads what clients send as XML. No document type, no entities, nothing fetched.</summary>
internal static class EurekaXmlReader
{
    private const int MaxDepth = 32;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = RequestBody.MaxRegistration,
    };

    /// <summary>Reads <c>&lt;instance&gt;…&lt;/instance&gt;</c>.</summary>
    public static bool TryReadInstance(byte[] body, [NotNullWhen(true)] out EurekaRegistration? registration)
    {
        registration = null;
        try
        {
            using (var probe = XmlReader.Create(new MemoryStream(body, writable: false), Settings))
            {
                while (probe.Read())
                {
                    if (probe.Depth > MaxDepth)
                    {
                        return false;
                    }
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(body, writable: false), Settings);
            var root = XElement.Load(reader);
            registration = root.Name.LocalName == "instance" ? ReadInstance(root) : null;
        }
        // The last is thrown for a declared encoding that is not supported.
        catch (Exception e) when (e is XmlException or FormatException or ArgumentException)
        {
            return false;
        }

        return registration is not null;
    }

    private static EurekaRegistration ReadInstance(XElement root)
    {
        var registration = new EurekaRegistration();
        foreach (var element in root.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "port":
                    ReadPort(element, registration.Port);
                    break;
                case "securePort":
                    ReadPort(element, registration.SecurePort);
                    break;
                case "leaseInfo":
                    ForEachText(element, registration.SetLease);
                    break;
                case "metadata":
                    ForEachEntry(element, registration.AddMetadata);
                    break;
                case "dataCenterInfo":
                    ReadDataCenter(element, registration);
                    break;
                case var name when !element.HasElements:
                    registration.Set(name, element.Value.Trim());
                    break;
            }
        }

        return registration;
    }

    private static void ReadPort(XElement element, EurekaPort port)
    {
        if (element.HasElements)
        {
            throw new FormatException("A port is a number.");
        }

        port.SetNumber(element.Value.Trim());
        if (element.Attribute("enabled") is { } enabled)
        {
            port.SetEnabled(enabled.Value.Trim());
        }
    }

    private static void ReadDataCenter(XElement element, EurekaRegistration registration)
    {
        registration.SetDataCenter(element.Attribute("class")?.Value, name: null);
        ForEachText(element, (name, text) => registration.SetDataCenter(null, name == "name" ? text : null));
        foreach (var metadata in element.Elements().Where(child => child.Name.LocalName == "metadata"))
        {
            ForEachEntry(metadata, registration.AddDataCenterMetadata);
        }
    }

    private static void ForEachText(XElement parent, Action<string, string> set)
    {
        foreach (var element in parent.Elements().Where(child => !child.HasElements))
        {
            set(element.Name.LocalName, element.Value.Trim());
        }
    }

    private static void ForEachEntry(XElement map, Action<string, string> add)
    {
        foreach (var element in map.Elements())
        {
            if (element.HasElements)
            {
                throw new FormatException("Metadata is flat.");
            }

            add(XmlNames.DecodeName(element.Name.LocalName), element.Value);
        }
    }
}
