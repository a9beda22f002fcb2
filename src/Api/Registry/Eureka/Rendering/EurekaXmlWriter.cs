using System.Collections.Immutable;
using System.Xml;
using Gatehouse.Api.Registry.Eureka.Codec;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>Writes answers as XML: the same fields as the JSON form, with the spellings that XML clients know.</summary>
internal static class EurekaXmlWriter
{
    public static void Write(XmlWriter xml, Applications applications, bool compact)
    {
        xml.WriteStartElement("applications");
        if (!compact)
        {
            WriteVersion(xml, applications);
        }

        foreach (var application in applications.Items)
        {
            Write(xml, application, compact);
        }

        if (compact)
        {
            WriteFlag(xml, "registeredApplicationsEmpty", applications.Items.Count == 0);
            WriteVersion(xml, applications);
        }

        xml.WriteEndElement();
    }

    public static void Write(XmlWriter xml, Application application, bool compact)
    {
        xml.WriteStartElement("application");
        WriteText(xml, "name", application.Name);
        foreach (var instance in application.Instances)
        {
            if (compact)
            {
                WriteCompact(xml, EurekaInstance.Of(instance));
            }
            else
            {
                WriteFull(xml, EurekaInstance.Of(instance));
            }
        }

        xml.WriteEndElement();
    }

    public static void WriteFull(XmlWriter xml, in EurekaInstance instance)
    {
        var (entry, details) = instance;
        xml.WriteStartElement("instance");
        WriteText(xml, "instanceId", instance.InstanceId);
        WriteText(xml, "hostName", details.HostName);
        WriteText(xml, "app", entry.Service);
        WriteOptional(xml, "appGroupName", details.AppGroupName);
        WriteText(xml, "ipAddr", details.IpAddr);
        WriteOptional(xml, "sid", details.Sid);
        WriteText(xml, "status", EurekaStatus.Name(entry.Status));
        WriteText(xml, "overriddenstatus", EurekaStatus.Name(entry.Override));
        WritePorts(xml, instance);
        WriteNumber(xml, "countryId", details.CountryId);
        WriteDataCenter(xml, instance);
        WriteLease(xml, instance);
        WriteMetadata(xml, instance.Metadata);
        WriteOptional(xml, "homePageUrl", details.HomePageUrl);
        WriteOptional(xml, "statusPageUrl", details.StatusPageUrl);
        WriteOptional(xml, "healthCheckUrl", details.HealthCheckUrl);
        WriteOptional(xml, "secureHealthCheckUrl", details.SecureHealthCheckUrl);
        WriteOptional(xml, "vipAddress", details.VipAddress);
        WriteOptional(xml, "secureVipAddress", details.SecureVipAddress);
        WriteFlag(xml, "isCoordinatingDiscoveryServer", details.IsCoordinatingDiscoveryServer);
        WriteNumber(xml, "lastUpdatedTimestamp", instance.UpdatedAt);
        WriteNumber(xml, "lastDirtyTimestamp", details.LastDirtyTimestamp);
        WriteOptional(xml, "asgName", details.AsgName);
        WriteText(xml, "actionType", EurekaStatus.Name(entry.Action));
        xml.WriteEndElement();
    }

    private static void WriteCompact(XmlWriter xml, in EurekaInstance instance)
    {
        var (entry, details) = instance;
        xml.WriteStartElement("instance");
        WriteText(xml, "instanceId", instance.InstanceId);
        WriteText(xml, "app", entry.Service);
        WriteText(xml, "ipAddr", details.IpAddr);
        WriteOptional(xml, "vipAddress", details.VipAddress);
        WriteOptional(xml, "secureVipAddress", details.SecureVipAddress);
        WriteDataCenter(xml, instance);
        WriteText(xml, "hostName", details.HostName);
        WriteText(xml, "status", EurekaStatus.Name(entry.Status));
        WriteNumber(xml, "lastUpdatedTimestamp", instance.UpdatedAt);
        WriteText(xml, "actionType", EurekaStatus.Name(entry.Action));
        WritePorts(xml, instance);
        xml.WriteEndElement();
    }

    private static void WriteVersion(XmlWriter xml, Applications applications)
    {
        WriteText(xml, "versions__delta", applications.Version);
        WriteText(xml, "apps__hashcode", applications.Hash);
    }

    private static void WritePorts(XmlWriter xml, in EurekaInstance instance)
    {
        WritePort(xml, "port", instance.Details.Port, instance.Details.PortEnabled);
        WritePort(xml, "securePort", instance.Details.SecurePort, instance.Details.SecurePortEnabled);
    }

    private static void WritePort(XmlWriter xml, string name, int port, bool enabled)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString("enabled", enabled ? "true" : "false");
        xml.WriteValue(port);
        xml.WriteEndElement();
    }

    private static void WriteDataCenter(XmlWriter xml, in EurekaInstance instance)
    {
        xml.WriteStartElement("dataCenterInfo");
        xml.WriteAttributeString("class", instance.DataCenterClass);
        WriteText(xml, "name", instance.Details.DataCenter);
        if (instance.IsAmazon)
        {
            xml.WriteStartElement("metadata");
            WriteEntries(xml, instance.Details.DataCenterMetadata);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteLease(XmlWriter xml, in EurekaInstance instance)
    {
        xml.WriteStartElement("leaseInfo");
        WriteNumber(xml, "renewalIntervalInSecs", instance.Details.RenewalIntervalInSecs);
        WriteNumber(xml, "durationInSecs", instance.LeaseSeconds);
        WriteNumber(xml, "registrationTimestamp", instance.RegisteredAt);
        WriteNumber(xml, "lastRenewalTimestamp", instance.RegisteredAt);
        WriteNumber(xml, "evictionTimestamp", instance.RemovedAt);
        WriteNumber(xml, "serviceUpTimestamp", instance.UpSince);
        xml.WriteEndElement();
    }

    private static void WriteMetadata(XmlWriter xml, ImmutableDictionary<string, string> metadata)
    {
        xml.WriteStartElement("metadata");
        if (metadata.IsEmpty)
        {
            xml.WriteAttributeString("class", EurekaInstance.EmptyMap);
        }

        WriteEntries(xml, metadata);
        xml.WriteEndElement();
    }

    private static void WriteEntries(XmlWriter xml, ImmutableDictionary<string, string> entries)
    {
        foreach (var (name, value) in entries)
        {
            WriteText(xml, XmlNames.EncodeName(name), value);
        }
    }

    private static void WriteOptional(XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            WriteText(xml, name, value);
        }
    }

    private static void WriteText(XmlWriter xml, string name, string value) =>
        xml.WriteElementString(name, XmlNames.Clean(value));

    private static void WriteFlag(XmlWriter xml, string name, bool value) =>
        xml.WriteElementString(name, value ? "true" : "false");

    private static void WriteNumber(XmlWriter xml, string name, long value)
    {
        xml.WriteStartElement(name);
        xml.WriteValue(value);
        xml.WriteEndElement();
    }
}
