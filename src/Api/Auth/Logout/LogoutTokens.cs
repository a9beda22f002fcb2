using System.Buffers.Text;
using System.Security.Cryptography;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Logout;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>Mints logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4), by the algorithm of identity tokens.</summary>
internal sealed class LogoutTokens(IReplica<SigningKeyRing> keys, TokenIssuer issuer, TimeProvider time)
{
    /// <summary>Their <c>typ</c>, which no front door takes for an access token.</summary>
    public const string TokenType = "logout+jwt";

    // A name, and not an address that is called.
    private static readonly string Event = new UriBuilder("http", "schemas.openid.net", 80, "event/backchannel-logout").Uri.AbsoluteUri;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>The token that tells a client; null when there is no key to sign with.</summary>
    public string? For(LogoutNotice notice)
    {
        if (keys.Current.Signing(SigningAlgorithm.Rs256) is not { } signing)
        {
            return null;
        }

        var now = time.GetUtcNow().UtcDateTime;
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = TokenType,
            Issuer = issuer.Value,
            Audience = notice.ClientId,
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = notice.UserId,
                [JwtRegisteredClaimNames.Sid] = notice.SessionId,
                [JwtRegisteredClaimNames.Jti] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
                ["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { [Event] = new Dictionary<string, object>() },
            },
            SigningCredentials = signing,
        });
    }
}
