using System.Text;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// What answers when the route's service does not: when its attempts failed, it has no instance, its circuit is open, or
/// the bulkhead is full. One of a fixed response, another service, and the last good response.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.fallback")]
public sealed record RouteFallback
{
    /// <summary>The status of the fixed response, 200 to 599; 0 for none.</summary>
    [Id(0)] public int Status { get; init; }

    /// <summary>Its media type.</summary>
    [Id(1)] public string ContentType { get; init; } = "";

    /// <summary>Its body, at most 64 KiB in UTF-8.</summary>
    [Id(2)] public string Body { get; init; } = "";

    /// <summary>The service that is asked instead.</summary>
    [Id(3)] public string? Service { get; init; }

    /// <summary>How old a good response may be that is given again; zero for none. 1 s to 24 h.</summary>
    [Id(4)] public TimeSpan Cached { get; init; }
}

/// <summary>The rules of <see cref="RouteFallback"/>.</summary>
internal static class FallbackRules
{
    private const int MaxBody = 64 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static void Check(RouteDocument document, RouteErrors errors)
    {
        if (document.Fallback is not { } fallback)
        {
            return;
        }

        var ways = (fallback.Status != 0 ? 1 : 0) + (fallback.Service is not null ? 1 : 0) + (fallback.Cached != TimeSpan.Zero ? 1 : 0);
        errors.Require(ways == 1, "fallback", "must have exactly one of 'status', 'service' and 'cached'");
        errors.Require(fallback.Status is 0 or (>= 200 and <= 599), "fallback.status", "must be from 200 to 599");
        errors.Require(Encoding.UTF8.GetByteCount(fallback.Body) <= MaxBody, "fallback.body", "must be at most 64 KiB");
        errors.Require(fallback.Status is not (204 or 205 or 304) || fallback.Body.Length == 0, "fallback.body", "goes with no status 204, 205 or 304");
        errors.Require(fallback.Status != 0 || (fallback.Body.Length == 0 && fallback.ContentType.Length == 0), "fallback", "has 'contentType' and 'body' with a 'status' only");
        errors.Require(fallback.ContentType.Length is 0 || IsMediaType(fallback.ContentType), "fallback.contentType", "must be a media type such as application/json");
        errors.Require(fallback.Service is null || Syntax.IsName(fallback.Service), "fallback.service", "must be a service's name: 1 to 128 letters, digits, '-', '_' or '.'");
        errors.Require(
            fallback.Service is null || !string.Equals(fallback.Service, document.To.Service, StringComparison.OrdinalIgnoreCase),
            "fallback.service",
            "must be another service than the route's");
        errors.Require(
            fallback.Cached == TimeSpan.Zero || (fallback.Cached >= Shortest && fallback.Cached <= Longest), "fallback.cached", "must be from 1s to 24h");
    }

    private static bool IsMediaType(string text) =>
        Syntax.IsHeaderValue(text) && text.Split(';')[0].Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype]
        && Syntax.IsToken(type) && Syntax.IsToken(subtype.TrimEnd());
}
