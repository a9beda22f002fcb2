namespace Gatehouse.Api.Auth.Pages;

/// <summary>The antiforgery cookie, Secure always: the framework's own setting asks for HTTPS, which a proxy in front may end.</summary>
internal sealed class AntiforgeryCookie : CookieBuilder
{
    public AntiforgeryCookie()
    {
        Name = "__Host-gatehouse-csrf";
    }

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom) => HostCookie.Options(SameSiteMode.Strict);
}
