namespace Gatehouse.Api.Auth;

/// <summary>
/// Cookies that hold for this host alone and are never sent in the clear: the <c>__Host-</c> prefix makes browsers insist on it.
/// Browsers count http://localhost as secure.
/// </summary>
internal static class HostCookie
{
    public static CookieOptions Options(SameSiteMode sameSite, TimeSpan? lifetime = null) => new()
    {
        Path = "/",
        Secure = true,
        HttpOnly = true,
        SameSite = sameSite,
        IsEssential = true,
        MaxAge = lifetime,
    };
}
