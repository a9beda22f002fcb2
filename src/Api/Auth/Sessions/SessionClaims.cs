using System.Globalization;
using System.Security.Claims;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>A session as a principal, with the claims that tokens have: <c>sub</c>, <c>sid</c>, <c>name</c>, <c>role</c>, <c>auth_time</c>, <c>amr</c>, and <c>session_end</c>.</summary>
internal static class SessionClaims
{
    public static ClaimsPrincipal Principal(Session session)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim("sub", session.UserId),
                new Claim("sid", session.Id),
                new Claim("name", session.Name),
                new Claim("auth_time", session.AuthenticatedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
                new Claim("session_end", session.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
                .. session.Roles.Select(role => new Claim("role", role)),
                .. session.Methods.Select(method => new Claim("amr", method)),
            ],
            SessionCookie.Scheme,
            nameType: "name",
            roleType: "role");
        return new ClaimsPrincipal(identity);
    }
}
