using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>Conditional requests (RFC 9110, 13): the cache's own to the service, and clients' to the cache.</summary>
internal sealed class Validators
{
    private readonly IHeaderDictionary headers;
    private readonly StringValues ifNoneMatch;
    private readonly StringValues ifModifiedSince;

    private Validators(IHeaderDictionary headers)
    {
        this.headers = headers;
        ifNoneMatch = headers.IfNoneMatch;
        ifModifiedSince = headers.IfModifiedSince;
    }

    /// <summary>Makes the request ask whether what is stored is still right, instead of what the client asks.</summary>
    public static Validators Replace(IHeaderDictionary headers, StoredResponse stored)
    {
        var client = new Validators(headers);
        headers.IfNoneMatch = stored.ETag;
        headers.IfModifiedSince = stored.LastModified;
        return client;
    }

    /// <summary>Gives the request back what the client asked.</summary>
    public void Restore()
    {
        headers.IfNoneMatch = ifNoneMatch;
        headers.IfModifiedSince = ifModifiedSince;
    }

    /// <summary>Whether the client has the stored response already.</summary>
    public static bool IsKnown(HttpRequest request, StoredResponse stored)
    {
        if (stored.Status != StatusCodes.Status200OK)
        {
            return false;
        }

        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return stored.ETag is { } tag
                && EntityTagHeaderValue.TryParse(tag, out var own)
                && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
                && known.Any(one => one.Tag == "*" || one.Compare(own, useStrongComparison: false));
        }

        return request.Headers.IfModifiedSince.Count > 0
            && HeaderUtilities.TryParseDate(request.Headers.IfModifiedSince.ToString(), out var since)
            && HeaderUtilities.TryParseDate(stored.LastModified, out var modified)
            && modified <= since;
    }
}
