using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>Which responses a route's cache keeps, and for how long (RFC 9111, 3 and 4.2).</summary>
internal sealed class ResponseRules(CompiledRoute route, RouteCache policy, TimeProvider time)
{
    /// <summary>Tags of a response, divided by commas.</summary>
    public const string TagHeader = "Cache-Tag";

    private const int MaxTags = 32;

    // Beyond what is said, as a clock may be wrong, and an invalidation forgotten.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    // RFC 9110, 15.1: those that may be kept without a word of theirs.
    private static readonly FrozenSet<int> Heuristic = FrozenSet.Create(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);
    private static readonly FrozenSet<int> Explicit = FrozenSet.Create(302, 303, 307, 451);

    /// <summary>The response to keep, without its body; null when it is not to be kept.</summary>
    public StoredResponse? TryMake(HttpContext context, in CacheQuestion question, TimeSpan took)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        var now = time.GetUtcNow();
        var date = HeaderUtilities.TryParseDate(headers.Date.ToString(), out var said) ? said : now;
        var directives = ResponseDirectives.Of(headers, date);
        var lifetime = directives.Lifetime ?? (Heuristic.Contains(response.StatusCode) ? policy.Ttl : null);
        if (!HttpMethods.IsGet(request.Method)
            || question.Asked.NoStore
            || !(Heuristic.Contains(response.StatusCode) || Explicit.Contains(response.StatusCode))
            || directives.Forbids
            || (question.Personal && !directives.Shared)
            || headers.SetCookie.Count > 0
            || headers.ContainsKey(HeaderNames.Trailer)
            || headers.ContentLength > policy.MaxBody
            || IsStream(headers)
            || VaryOf(request, headers) is not { } vary)
        {
            return null;
        }

        var kept = new StoredResponse
        {
            Route = route,
            Place = question.Place,
            Side = question.Side,
            Status = response.StatusCode,
            Headers = [.. headers.Where(header => IsKept(header.Key))],
            Vary = vary,
            Tags = TagsOf(headers),
            InitialAge = AgeOf(headers, now - date, took),
            StoredAt = time.GetTimestamp(),
            Lifetime = Min(lifetime ?? TimeSpan.Zero, Longest),
            StaleIfError = Min(directives.StaleIfError ?? policy.StaleIfError, Longest),
            StaleWhileRevalidate = Min(directives.StaleWhileRevalidate, Longest),
            AlwaysValidate = directives.AlwaysValidate,
            MustRevalidate = directives.MustRevalidate,
            Shared = directives.Shared,
            ETag = TextOf(headers.ETag),
            LastModified = TextOf(headers.LastModified),
            Sequence = question.Sequence,
        };
        return IsOfUse(kept, lifetime, directives) ? kept : null;
    }

    /// <summary>The stored response after its service has said that it is still right (RFC 9111, 4.3.4).</summary>
    /// <param name="stored">The response.</param>
    /// <param name="context">The request, and what the service said.</param>
    /// <param name="question">What the request asks.</param>
    /// <param name="took">How long the service took.</param>
    /// <param name="keep">Whether it may be kept on, by what its headers say now.</param>
    public StoredResponse Freshen(StoredResponse stored, HttpContext context, in CacheQuestion question, TimeSpan took, out bool keep)
    {
        var fresh = context.Response.Headers;
        if (!IsOf(stored, fresh.ETag.ToString()))
        {
            keep = false;
            return stored;
        }

        var now = time.GetUtcNow();
        var date = HeaderUtilities.TryParseDate(fresh.Date.ToString(), out var said) ? said : now;
        IHeaderDictionary merged = new HeaderDictionary(stored.Headers.Length + fresh.Count);
        foreach (var (name, value) in stored.Headers.Concat(fresh.Where(header => IsKept(header.Key) && !IsOfContent(header.Key))))
        {
            merged[name] = value;
        }

        var directives = ResponseDirectives.Of(merged, date);
        var vary = VaryOf(context.Request, merged);
        keep = vary is not null && !directives.Forbids && !(question.Personal && !directives.Shared) && merged.SetCookie.Count == 0;
        return stored with
        {
            Headers = [.. merged],
            Vary = vary ?? stored.Vary,
            Tags = TagsOf(merged),
            InitialAge = AgeOf(fresh, now - date, took),
            StoredAt = time.GetTimestamp(),
            Lifetime = directives.Forbids ? TimeSpan.Zero : Min(directives.Lifetime ?? policy.Ttl ?? TimeSpan.Zero, Longest),
            StaleIfError = Min(directives.StaleIfError ?? policy.StaleIfError, Longest),
            StaleWhileRevalidate = Min(directives.StaleWhileRevalidate, Longest),
            AlwaysValidate = directives.AlwaysValidate,
            MustRevalidate = directives.MustRevalidate,
            Shared = directives.Shared,
            ETag = TextOf(merged.ETag),
            LastModified = TextOf(merged.LastModified),
            Sequence = question.Sequence,
        };
    }

    private static bool IsOfUse(StoredResponse response, TimeSpan? lifetime, ResponseDirectives directives) =>
        lifetime is not null || directives.AlwaysValidate
            ? response.Lifetime + response.StaleWhileRevalidate > response.InitialAge || response.CanBeValidated || response.StaleIfError > TimeSpan.Zero
            : response.StaleIfError > TimeSpan.Zero && response.Status == StatusCodes.Status200OK;

    // RFC 9111, 4.3.4: what names another representation says nothing of this one.
    private static bool IsOf(StoredResponse stored, string tag) =>
        tag.Length == 0
        || tag == stored.ETag
        || (EntityTagHeaderValue.TryParse(tag, out var said)
            && EntityTagHeaderValue.TryParse(stored.ETag, out var own)
            && said.Compare(own, useStrongComparison: false));

    private static string? TextOf(StringValues values) => values is [{ Length: > 0 } text] ? text : null;

    private static bool IsKept(string name) =>
        HeaderRules.GoesBack(name)
        && !name.Equals(HeaderNames.Age, StringComparison.OrdinalIgnoreCase)
        && !name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase);

    private static bool IsOfContent(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !name.Equals(HeaderNames.ContentLocation, StringComparison.OrdinalIgnoreCase);

    private static bool IsStream(IHeaderDictionary headers) =>
        headers.ContentType.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    // Null when no other request can be known to get the same.
    private ImmutableArray<(string Name, string Value)>? VaryOf(HttpRequest request, IHeaderDictionary headers)
    {
        // One that is not compressed does not say that another would have been.
        string[] codings = route.Document.Compression is null ? [] : [HeaderNames.AcceptEncoding];
        string[] names = [.. headers.GetCommaSeparatedValues(HeaderNames.Vary).Concat(policy.Vary).Concat(codings).Distinct(StringComparer.OrdinalIgnoreCase)];
        return Array.Exists(names, name => name == "*" || IsOurs(name) || (IsOfPerson(name) && request.Headers.ContainsKey(name)))
            ? null
            : [.. names.Select(name => (name, StoredResponse.ValueOf(request, name)))];
    }

    // The service saw another value than the client sent.
    private static bool IsOurs(string name) =>
        name.StartsWith(HeaderRules.OwnPrefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.Equals(ForwardedNames.Forwarded, StringComparison.OrdinalIgnoreCase);

    private static bool IsOfPerson(string name) =>
        name.Equals(HeaderNames.Authorization, StringComparison.OrdinalIgnoreCase) || name.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase);

    private ImmutableArray<string> TagsOf(IHeaderDictionary headers) =>
        [.. headers.GetCommaSeparatedValues(TagHeader).Take(MaxTags).Concat(policy.Tags).Distinct(StringComparer.Ordinal)];

    // RFC 9111, 4.2.3.
    private static TimeSpan AgeOf(IHeaderDictionary headers, TimeSpan apparent, TimeSpan took)
    {
        var said = long.TryParse(headers.Age.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
            : TimeSpan.Zero;
        return Max(Max(apparent, TimeSpan.Zero), said + took);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
