using System.Globalization;
using Gatehouse.Grains.Registry;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>Reads the parts of a request without model binding, which the heartbeats' rate would feel.</summary>
internal static class EurekaRequest
{
    public static string App(this HttpContext context) => context.Segment("app").ToUpperInvariant();

    public static string Segment(this HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>A parameter of the query; null when it is absent.</summary>
    public static string? Parameter(this HttpContext context, string name)
    {
        foreach (var pair in new QueryStringEnumerable(context.Request.QueryString.Value))
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                return pair.DecodeValue().ToString();
            }
        }

        return null;
    }

    public static bool IsReplicated(this HttpContext context) =>
        "true".Equals(context.Request.Headers["x-netflix-discovery-replication"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the version that a client states of itself; absent is fine, anything but a number is not.</summary>
    public static bool TryLastDirty(this HttpContext context, out long? lastDirtyTimestamp)
    {
        lastDirtyTimestamp = null;
        var text = context.Parameter("lastDirtyTimestamp");
        if (string.IsNullOrEmpty(text) || text == "null")
        {
            return true;
        }

        var valid = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        lastDirtyTimestamp = number;
        return valid;
    }

    /// <summary>Reads a status that may be absent.</summary>
    public static bool TryStatus(this HttpContext context, string name, InstanceStatus whenAbsent, out InstanceStatus status)
    {
        status = whenAbsent;
        return context.Parameter(name) is not { Length: > 0 } text || EurekaStatus.TryParse(text, out status);
    }
}
