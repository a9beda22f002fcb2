using System.Globalization;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What the cache says of itself to clients (RFC 9211).</summary>
internal static class CacheStatus
{
    /// <summary>The header.</summary>
    public const string Header = "Cache-Status";

    private const string Name = "gatehouse";

    /// <summary>Answered by what was stored.</summary>
    public static string Hit(TimeSpan left, string? detail = null) => string.Create(
        CultureInfo.InvariantCulture, $"{Name}; hit; ttl={(long)Math.Floor(left.TotalSeconds)}{(detail is null ? "" : "; detail=")}{detail}");

    /// <summary>Sent on to the service.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="stored">Whether the response is kept.</param>
    /// <param name="collapsed">Whether it had waited for another request before.</param>
    /// <param name="status">The service's status, when the client gets another.</param>
    public static string Forwarded(string reason, bool stored = false, bool collapsed = false, int status = 0) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}; fwd={reason}{(status == 0 ? "" : "; fwd-status=")}{(status == 0 ? "" : status.ToString(CultureInfo.InvariantCulture))}{(stored ? "; stored" : "")}{(collapsed ? "; collapsed" : "")}");
}
