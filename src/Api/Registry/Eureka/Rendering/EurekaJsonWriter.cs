using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>
/// Writes answers as JSON. Common clients fail on any name they do not know and on a lone object where they expect an
/// array: nothing is added here beyond what the original server sends.
/// </summary>
internal static class EurekaJsonWriter
{
    public static void Write(Utf8JsonWriter json, Applications applications, bool compact)
    {
        json.WriteStartObject();
        json.WriteStartObject("applications"u8);
        if (!compact)
        {
            WriteVersion(json, applications);
        }

        json.WriteStartArray("application"u8);
        foreach (var application in applications.Items)
        {
            Write(json, application, compact);
        }

        json.WriteEndArray();
        if (compact)
        {
            json.WriteBoolean("registeredApplicationsEmpty"u8, applications.Items.Count == 0);
            WriteVersion(json, applications);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Application application, bool compact)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, application.Name);
        json.WriteStartArray("instance"u8);
        foreach (var instance in application.Instances)
        {
            if (compact)
            {
                WriteCompact(json, EurekaInstance.Of(instance));
            }
            else
            {
                WriteFull(json, EurekaInstance.Of(instance));
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteFull(Utf8JsonWriter json, in EurekaInstance instance)
    {
        var (entry, details) = instance;
        json.WriteStartObject();
        json.WriteString("instanceId"u8, instance.InstanceId);
        json.WriteString("hostName"u8, details.HostName);
        json.WriteString("app"u8, entry.Service);
        WriteOptional(json, "appGroupName"u8, details.AppGroupName);
        json.WriteString("ipAddr"u8, details.IpAddr);
        WriteOptional(json, "sid"u8, details.Sid);
        json.WriteString("status"u8, EurekaStatus.Name(entry.Status));
        json.WriteString("overriddenStatus"u8, EurekaStatus.Name(entry.Override));
        WritePorts(json, instance);
        json.WriteNumber("countryId"u8, details.CountryId);
        WriteDataCenter(json, instance);
        WriteLease(json, instance);
        WriteMetadata(json, instance.Metadata);
        WriteOptional(json, "homePageUrl"u8, details.HomePageUrl);
        WriteOptional(json, "statusPageUrl"u8, details.StatusPageUrl);
        WriteOptional(json, "healthCheckUrl"u8, details.HealthCheckUrl);
        WriteOptional(json, "secureHealthCheckUrl"u8, details.SecureHealthCheckUrl);
        WriteOptional(json, "vipAddress"u8, details.VipAddress);
        WriteOptional(json, "secureVipAddress"u8, details.SecureVipAddress);
        WriteFlag(json, "isCoordinatingDiscoveryServer"u8, details.IsCoordinatingDiscoveryServer);
        WriteQuoted(json, "lastUpdatedTimestamp"u8, instance.UpdatedAt);
        WriteQuoted(json, "lastDirtyTimestamp"u8, details.LastDirtyTimestamp);
        WriteOptional(json, "asgName"u8, details.AsgName);
        json.WriteString("actionType"u8, EurekaStatus.Name(entry.Action));
        json.WriteEndObject();
    }

    private static void WriteCompact(Utf8JsonWriter json, in EurekaInstance instance)
    {
        var (entry, details) = instance;
        json.WriteStartObject();
        json.WriteString("instanceId"u8, instance.InstanceId);
        json.WriteString("app"u8, entry.Service);
        json.WriteString("ipAddr"u8, details.IpAddr);
        WriteOptional(json, "vipAddress"u8, details.VipAddress);
        WriteOptional(json, "secureVipAddress"u8, details.SecureVipAddress);
        WriteDataCenter(json, instance);
        json.WriteString("hostName"u8, details.HostName);
        json.WriteString("status"u8, EurekaStatus.Name(entry.Status));
        json.WriteNumber("lastUpdatedTimestamp"u8, instance.UpdatedAt);
        json.WriteString("actionType"u8, EurekaStatus.Name(entry.Action));
        WritePorts(json, instance);
        json.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter json, Applications applications)
    {
        json.WriteString("versions__delta"u8, applications.Version);
        json.WriteString("apps__hashcode"u8, applications.Hash);
    }

    private static void WritePorts(Utf8JsonWriter json, in EurekaInstance instance)
    {
        WritePort(json, "port"u8, instance.Details.Port, instance.Details.PortEnabled);
        WritePort(json, "securePort"u8, instance.Details.SecurePort, instance.Details.SecurePortEnabled);
    }

    private static void WritePort(Utf8JsonWriter json, ReadOnlySpan<byte> name, int port, bool enabled)
    {
        json.WriteStartObject(name);
        json.WriteNumber("$"u8, port);
        WriteFlag(json, "@enabled"u8, enabled);
        json.WriteEndObject();
    }

    private static void WriteDataCenter(Utf8JsonWriter json, in EurekaInstance instance)
    {
        json.WriteStartObject("dataCenterInfo"u8);
        json.WriteString("@class"u8, instance.DataCenterClass);
        json.WriteString("name"u8, instance.Details.DataCenter);
        if (instance.IsAmazon)
        {
            json.WriteStartObject("metadata"u8);
            WriteEntries(json, instance.Details.DataCenterMetadata);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLease(Utf8JsonWriter json, in EurekaInstance instance)
    {
        json.WriteStartObject("leaseInfo"u8);
        json.WriteNumber("renewalIntervalInSecs"u8, instance.Details.RenewalIntervalInSecs);
        json.WriteNumber("durationInSecs"u8, instance.LeaseSeconds);
        json.WriteNumber("registrationTimestamp"u8, instance.RegisteredAt);
        json.WriteNumber("lastRenewalTimestamp"u8, instance.RegisteredAt);
        json.WriteNumber("evictionTimestamp"u8, instance.RemovedAt);
        json.WriteNumber("serviceUpTimestamp"u8, instance.UpSince);
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, ImmutableDictionary<string, string> metadata)
    {
        json.WriteStartObject("metadata"u8);
        if (metadata.IsEmpty)
        {
            json.WriteString("@class"u8, EurekaInstance.EmptyMap);
        }

        WriteEntries(json, metadata);
        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, ImmutableDictionary<string, string> entries)
    {
        foreach (var (name, value) in entries)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool value) =>
        json.WriteString(name, value ? "true"u8 : "false"u8);

    private static void WriteQuoted(Utf8JsonWriter json, ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var written, default, CultureInfo.InvariantCulture);
        json.WriteString(name, digits[..written]);
    }
}
