using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Revocations;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Verifies a <c>Gatehouse-Identity</c> that a service brings back to name the session that it was called in. One that was
/// ended is not named any more, however young the identity is.
/// </summary>
internal sealed class IdentityVerifier
{
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = CredentialHash.MaxLength };
    private readonly IReplica<SigningKeyRing> keys;
    private readonly RevocationCheck revocations;
    private readonly TokenIssuer issuer;
    private readonly AuthOptions options;
    private readonly TimeProvider time;

    public IdentityVerifier(
        IReplica<SigningKeyRing> keys, RevocationCheck revocations, TokenIssuer issuer, IOptions<AuthOptions> options, TimeProvider time)
    {
        this.keys = keys;
        this.revocations = revocations;
        this.issuer = issuer;
        this.options = options.Value;
        this.time = time;
    }

    /// <summary>The session that the identity names, or why it is not accepted.</summary>
    public async ValueTask<(NamedSession? Named, Refusal Refusal)> Verify(string identity, CancellationToken cancellation)
    {
        JsonWebToken token;
        try
        {
            token = handler.ReadJsonWebToken(identity);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException)
        {
            return (null, Refusal.Invalid);
        }

        var ring = await keys.Read(cancellation);
        if (keys.State != LeaseState.Leased)
        {
            return (null, Refusal.Unknown);
        }

        if (token.Typ != IdentityIssuer.TokenType
            || !ring.TryFind(token.Kid ?? "", out var key)
            || key.Algorithm != SigningAlgorithm.Es256
            || !(await handler.ValidateTokenAsync(token, Parameters(key))).IsValid
            || token.Subject is not { Length: > 0 } user
            || !token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt))
        {
            return (null, Refusal.Invalid);
        }

        if (!token.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sid, out var session) || string.IsNullOrEmpty(session))
        {
            return (new NamedSession(null), Refusal.None);
        }

        return await revocations.Check(
            [new RevocationMark(RevocationKey.Session(session)), new RevocationMark(RevocationKey.User(user))], issuedAt, cancellation) switch
        {
            RevocationVerdict.Good => (new NamedSession(session), Refusal.None),
            RevocationVerdict.Revoked => (null, Refusal.Invalid),
            _ => (null, Refusal.Unknown),
        };
    }

    private TokenValidationParameters Parameters(RingKey key) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = [IdentityIssuer.TokenType],
        ValidIssuer = issuer.Value,
        ValidAudience = options.IdentityAudience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        IssuerSigningKey = key.PublicKey,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        RequireAudience = true,
        LifetimeValidator = (notBefore, expires, _, _) =>
            expires > time.GetUtcNow().UtcDateTime - options.ClockSkew && (notBefore ?? DateTime.MinValue) <= time.GetUtcNow().UtcDateTime + options.ClockSkew,
    };
}

/// <summary>What a <c>Gatehouse-Identity</c> names.</summary>
/// <param name="SessionId">The session; null when the call was made in none.</param>
internal sealed record NamedSession(string? SessionId);
