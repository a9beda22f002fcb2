using Gatehouse.Api.Hosting;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Whether a request that a browser's cookie vouches for comes from a page of this site. A browser sends cookies along for
/// whichever page asks; reading is harmless, since the other page does not see the answer, but nothing else is.
/// </summary>
internal static class SameSite
{
    private const string FetchSite = "Sec-Fetch-Site";

    public static bool Allows(HttpRequest request)
    {
        // The answer to an opened WebSocket is read by the page that opened it.
        if (request.IsSafe() && request.Headers.Upgrade.Count == 0)
        {
            return true;
        }

        return request.Headers[FetchSite] switch
        {
            ["same-origin"] => true,
            [] => IsOwnOrigin(request),
            _ => false,
        };
    }

    // A browser that does not know Sec-Fetch-Site sends the origin of whatever is not safe.
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin is [{ Length: > 0 } origin]
        && Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
