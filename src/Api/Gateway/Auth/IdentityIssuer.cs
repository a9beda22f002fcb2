using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Mints what tells a service who calls: a short-lived JWT of its own type and audience, which no front door takes for an
/// access token. One is signed for a verified credential and used until it grows old, never one for a request.
/// </summary>
internal sealed class IdentityIssuer
{
    /// <summary>The header that it goes in.</summary>
    public const string Header = "Gatehouse-Identity";

    /// <summary>Its <c>typ</c>.</summary>
    public const string TokenType = "gatehouse-identity+jwt";

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly IReplica<SigningKeyRing> keys;
    private readonly TokenIssuer issuer;
    private readonly AuthOptions options;
    private readonly TimeProvider time;

    public IdentityIssuer(IReplica<SigningKeyRing> keys, TokenIssuer issuer, IOptions<AuthOptions> options, TimeProvider time)
    {
        this.keys = keys;
        this.issuer = issuer;
        this.options = options.Value;
        this.time = time;
    }

    /// <summary>The identity of a credential's caller; null when there is no key to sign with.</summary>
    public string? For(VerifiedCredential credential)
    {
        var now = time.GetUtcNow();
        var ring = keys.Current;
        if (credential.Identity is { } minted && ReferenceEquals(minted.Ring, ring) && now.ToUnixTimeSeconds() < minted.RenewAt)
        {
            return minted.Token;
        }

        if (ring.Signing(SigningAlgorithm.Es256) is not { } signing)
        {
            return null;
        }

        // Two requests at once mint two; either is good.
        credential.Identity = Mint(credential.Caller, signing, ring, now);
        return credential.Identity.Token;
    }

    private MintedIdentity Mint(Caller caller, SigningCredentials signing, SigningKeyRing ring, DateTimeOffset now)
    {
        var lifetime = options.IdentityLifetime;
        var left = caller.ExpiresAt - now.ToUnixTimeSeconds();
        if (left < lifetime.TotalSeconds)
        {
            // A token may be accepted for a moment after its end.
            lifetime = TimeSpan.FromSeconds(Math.Max(left, options.ClockSkew.TotalSeconds));
        }

        var token = handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = TokenType,
            Issuer = issuer.Value,
            Audience = options.IdentityAudience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = Claims(caller),
            SigningCredentials = signing,
        });
        return new MintedIdentity(token, (now + (lifetime / 2)).ToUnixTimeSeconds(), ring);
    }

    private static Dictionary<string, object> Claims(Caller caller)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { [JwtRegisteredClaimNames.Sub] = caller.Subject };
        Add("client_id", caller.ClientId);
        Add("sid", caller.SessionId);
        Add("name", caller.Name);
        if (caller.Scopes.Count > 0)
        {
            claims["scope"] = string.Join(' ', caller.Scopes.Order(StringComparer.Ordinal));
        }

        if (caller.Roles.Count > 0)
        {
            claims["roles"] = caller.Roles.Order(StringComparer.Ordinal).ToArray();
        }

        return claims;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }
    }
}
