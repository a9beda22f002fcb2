using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Gatehouse.Grains.Identity.Clients;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Whom tokens are about, and which of it goes into which token.</summary>
internal static class TokenIdentity
{
    /// <summary>The roles, in tokens of every kind (RFC 9068, 2.2.3.1).</summary>
    public const string Roles = "roles";

    /// <summary>The session.</summary>
    public const string Session = "sid";

    /// <summary>When the session is over at the latest; in codes and refresh tokens only.</summary>
    public const string SessionEnd = "session_end";

    private const string AuthenticationType = "Gatehouse";

    /// <summary>A user, as the browser's session knows them.</summary>
    public static ClaimsPrincipal OfUser(ClaimsPrincipal session, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity(AuthenticationType, Claims.Name, Roles);
        identity.SetClaim(Claims.Subject, session.GetClaim(Claims.Subject));
        identity.SetClaim(Session, session.GetClaim(Session));
        identity.SetClaim(SessionEnd, session.GetClaim(SessionEnd));
        identity.SetClaim(Claims.Name, session.GetClaim(Claims.Name));
        identity.SetClaim(Claims.AuthenticationTime, long.Parse(session.GetClaim(Claims.AuthenticationTime)!, CultureInfo.InvariantCulture));
        identity.SetClaims(Claims.AuthenticationMethodReference, session.GetClaims(Claims.AuthenticationMethodReference));
        identity.SetClaims(Roles, session.GetClaims(Claims.Role));
        identity.SetScopes(scopes);
        return Finish(identity);
    }

    /// <summary>A client that acts for itself.</summary>
    public static ClaimsPrincipal OfClient(Client client, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity(AuthenticationType, Claims.Name, Roles);
        identity.SetClaim(Claims.Subject, client.Id);
        identity.SetClaims(Roles, client.Roles);
        identity.SetScopes(scopes);
        return Finish(identity);
    }

    /// <summary>Who is known from a token that was issued before.</summary>
    public static ClaimsPrincipal OfToken(ClaimsPrincipal token, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity(AuthenticationType, Claims.Name, Roles);
        identity.SetClaim(Claims.Subject, token.GetClaim(Claims.Subject));
        identity.SetClaim(Session, token.GetClaim(Session));
        identity.SetClaims(Roles, token.GetClaims(Roles));
        identity.SetScopes(scopes);
        return Finish(identity);
    }

    /// <summary>When the session is over at the latest that a code or refresh token is of; null when it is of none.</summary>
    public static DateTimeOffset? EndOfSession(ClaimsPrincipal principal) =>
        long.TryParse(principal.GetClaim(SessionEnd), NumberStyles.None, CultureInfo.InvariantCulture, out var end) ? DateTimeOffset.FromUnixTimeSeconds(end) : null;

    /// <summary>The principal, each claim marked with the tokens it goes into.</summary>
    public static ClaimsPrincipal Finish(ClaimsIdentity identity)
    {
        identity.SetDestinations(claim => claim.Type switch
        {
            Claims.Name => identity.HasScope(Scopes.Profile) ? [Destinations.IdentityToken] : [],
            SessionEnd => [],
            Claims.AuthenticationTime or Claims.AuthenticationMethodReference => [Destinations.IdentityToken],
            Roles => identity.HasScope(Scopes.Roles) ? [Destinations.AccessToken, Destinations.IdentityToken] : [Destinations.AccessToken],
            _ => [Destinations.AccessToken, Destinations.IdentityToken],
        });
        return new ClaimsPrincipal(identity);
    }
}
