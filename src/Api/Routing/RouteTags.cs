using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Routing;

/// <summary>Entity tags of routes and of the book, and the conditions that callers make of them (RFC 9110, 13.1).</summary>
internal static class RouteTags
{
    private const char Route = 'r';
    private const char Book = 'v';

    public static string OfRoute(long revision) => Tag(Route, revision);

    public static string OfBook(long version) => Tag(Book, version);

    /// <summary>Whether a caller has this representation already.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList([.. request.Headers.IfNoneMatch.OfType<string>()], out var tags)
        && tags.Any(known => known == EntityTagHeaderValue.Any || known.Tag == tag);

    /// <summary>Reads the conditions of a write; false when they are malformed, or not supported.</summary>
    public static bool TryReadCondition(HttpRequest request, bool ofBook, out RouteCondition condition)
    {
        condition = RouteCondition.None;
        return TryReadIfMatch(request.Headers.IfMatch, ofBook ? Book : Route, ref condition)
            && TryReadIfNoneMatch(request.Headers.IfNoneMatch, ref condition);
    }

    private static bool TryReadIfMatch(StringValues header, char kind, ref RouteCondition condition)
    {
        if (header.Count == 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) || tags.Count == 0)
        {
            return false;
        }

        condition = tags.Contains(EntityTagHeaderValue.Any)
            ? condition with { MustExist = true }
            // A weak tag never matches here; one that is not of ours names no revision there is.
            : condition with { Revisions = [.. tags.Where(tag => !tag.IsWeak).Select(tag => Number(tag.Tag, kind)).OfType<long>()] };
        return true;
    }

    private static bool TryReadIfNoneMatch(StringValues header, ref RouteCondition condition)
    {
        if (header.Count == 0)
        {
            return true;
        }

        condition = condition with { MustNotExist = true };
        return header is ["*"];
    }

    private static string Tag(char kind, long number) => string.Create(CultureInfo.InvariantCulture, $"\"{kind}{number}\"");

    private static long? Number(StringSegment tag, char kind) =>
        tag.AsSpan() is ['"', var first, .. var digits, '"']
        && first == kind
        && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
