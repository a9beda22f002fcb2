using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gatehouse.Api.Problems;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Modules;

/// <summary>
/// Optimistic concurrency for HTTP (RFC 9110, 13.1.1): the revision that a grain counts is the entity tag, and
/// <c>If-Match</c> names the one that a change is meant for.
/// </summary>
public static class EntityTags
{
    private static readonly Problem Bad = new(
        StatusCodes.Status400BadRequest, "invalid-request", "The request is not valid", "If-Match must be one entity tag, or *.")
    {
        Errors = new Dictionary<string, string[]> { [HeaderNames.IfMatch] = ["must be one entity tag that was given as ETag, or *"] },
    };

    /// <summary>A revision's tag.</summary>
    public static string Of(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Reads <c>If-Match</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="revision">The revision named; null when none is, or <c>*</c>.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryReadCondition(HttpRequest request, out long? revision, [NotNullWhen(false)] out Problem? problem)
    {
        (revision, problem) = (null, null);
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header is ["*"])
        {
            return true;
        }

        if (header is [['"', .., '"'] tag] && tag.Length > 2)
        {
            // A tag that was never given names no revision there is.
            revision = long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : -1;
            return true;
        }

        problem = Bad;
        return false;
    }
}
