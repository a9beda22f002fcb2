using System.Collections.Frozen;
using System.Collections.Immutable;
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
/// Verifies access tokens (RFC 9068) as RFC 8725 asks for: every parameter is compared with what this cluster issues, and
/// nothing in a token says how it is to be verified. The key is found by its <c>kid</c> among the cluster's own, and nowhere
/// else: nothing is ever fetched.
/// </summary>
internal sealed class TokenVerifier
{
    private const string AccessToken = "at+jwt";
    private const int MaxSubject = 256;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = CredentialHash.MaxLength };
    private readonly IReplica<SigningKeyRing> keys;
    private readonly TokenIssuer issuer;
    private readonly AuthOptions options;
    private readonly TimeProvider time;

    public TokenVerifier(IReplica<SigningKeyRing> keys, TokenIssuer issuer, IOptions<AuthOptions> options, TimeProvider time)
    {
        this.keys = keys;
        this.issuer = issuer;
        this.options = options.Value;
        this.time = time;
    }

    public async ValueTask<Verification> Verify(string token, CancellationToken cancellation)
    {
        JsonWebToken read;
        try
        {
            read = handler.ReadJsonWebToken(token);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException)
        {
            return Verification.Invalid("it is no JWT");
        }

        var ring = await keys.Read(cancellation);
        if (keys.State != LeaseState.Leased)
        {
            return Verification.Unknown("the signing keys are not known at the moment");
        }

        if (KeyOf(read, ring, out var reason) is not { } key)
        {
            return Verification.Invalid(reason);
        }

        var result = await handler.ValidateTokenAsync(read, Parameters(key));
        return result.IsValid ? Accept(read, key) : Verification.Invalid(result.Exception.GetType().Name);
    }

    // The header decides nothing: it must say what the key it names was made for.
    private static RingKey? KeyOf(JsonWebToken token, SigningKeyRing ring, out string reason)
    {
        reason = "";
        if (token.Typ != AccessToken)
        {
            reason = "its type is not that of an access token";
        }
        else if (token.TryGetHeaderValue<object>("crit", out _))
        {
            // RFC 7515, 4.1.11: an extension that is not understood makes it invalid, and none is.
            reason = "it has critical extensions";
        }
        else if (!ring.TryFind(token.Kid ?? "", out var key))
        {
            reason = "no key has its kid";
        }
        else if (token.Alg != NameOf(key.Algorithm))
        {
            reason = "its algorithm is not that of its key";
        }
        else
        {
            return key;
        }

        return null;
    }

    private static string NameOf(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.Es256 => SecurityAlgorithms.EcdsaSha256,
        SigningAlgorithm.Rs256 => SecurityAlgorithms.RsaSha256,
        _ => "",
    };

    private TokenValidationParameters Parameters(RingKey key) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256],
        ValidTypes = [AccessToken],
        ValidIssuer = issuer.Value,
        ValidAudience = options.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        IssuerSigningKey = key.PublicKey,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        RequireAudience = true,
        ValidateIssuerSigningKey = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsTimely(notBefore, expires),
    };

    private bool IsTimely(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && end > now - options.ClockSkew && (notBefore ?? DateTime.MinValue) <= now + options.ClockSkew;
    }

    private Verification Accept(JsonWebToken token, RingKey key)
    {
        if (token.Subject is not { Length: > 0 and <= MaxSubject } subject)
        {
            return Verification.Invalid("it has no subject");
        }

        if (!token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt))
        {
            return Verification.Invalid("it does not say when it was issued");
        }

        var expiresAt = new DateTimeOffset(token.ValidTo).ToUnixTimeSeconds();
        var caller = new Caller
        {
            Kind = CredentialKind.Bearer,
            Subject = subject,
            ClientId = Text(token, "client_id"),
            SessionId = Text(token, "sid"),
            Name = Text(token, "name"),
            Scopes = Scopes(token),
            Roles = Values(token, "role").Concat(Values(token, "roles")).ToFrozenSet(StringComparer.Ordinal),
            ExpiresAt = expiresAt,
        };
        return Verification.Of(new TokenCredential(
            caller, expiresAt + (long)options.ClockSkew.TotalSeconds, issuedAt, Marks(token, caller), keys, key.Id));
    }

    private static ImmutableArray<RevocationMark> Marks(JsonWebToken token, Caller caller)
    {
        var marks = ImmutableArray.CreateBuilder<RevocationMark>();
        if (!string.IsNullOrEmpty(token.Id))
        {
            marks.Add(new RevocationMark(RevocationKey.Token(token.Id)));
        }

        if (caller.SessionId is { } session)
        {
            marks.Add(new RevocationMark(RevocationKey.Session(session)));
        }

        if (caller.ClientId is { } client)
        {
            marks.Add(new RevocationMark(RevocationKey.Client(client)));
        }

        if (caller.ClientId != caller.Subject)
        {
            marks.Add(new RevocationMark(RevocationKey.User(caller.Subject)));
            if (caller.ClientId is { } actor)
            {
                marks.Add(new RevocationMark(RevocationKey.Grant(caller.Subject, actor)));
            }
        }

        return marks.DrainToImmutable();
    }

    private static FrozenSet<string> Scopes(JsonWebToken token) =>
        Values(token, "scope").SelectMany(scopes => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToFrozenSet(StringComparer.Ordinal);

    private static IEnumerable<string> Values(JsonWebToken token, string type) =>
        token.Claims.Where(claim => claim.Type == type).Select(claim => claim.Value);

    private static string? Text(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<string>(name, out var value) && !string.IsNullOrEmpty(value) ? value : null;
}
