using Gatehouse.Api.Auth;
using Gatehouse.Api.Auth.Revocations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Finds out who calls. A credential's signature is verified once; whenever it is used again, its end, its signing key and
/// the revocations are looked at, all in memory.
/// </summary>
internal sealed class Authenticator(
    TokenVerifier tokens,
    ApiKeyVerifier apiKeys,
    SessionVerifier sessions,
    RevocationCheck revocations,
    SessionSightings sightings,
    AuthMetrics metrics,
    TimeProvider time,
    IOptions<AuthOptions> options)
{
    private readonly CredentialCache verified = new(options.Value.VerifiedCredentials);

    /// <summary>Decides for one request; completes at once for a credential that was verified before.</summary>
    public ValueTask<Verification> Authenticate(HttpContext context)
    {
        var refusal = PresentedCredential.Find(context.Request, out var presented);
        if (refusal != Refusal.None)
        {
            return new(new Verification(null, refusal, "no credential that could be looked at"));
        }

        if (presented.Kind == CredentialKind.Session && !SameSite.Allows(context.Request))
        {
            return new(new Verification(null, Refusal.CrossSite, "a cookie from a page of another site"));
        }

        if (!CredentialHash.TryCompute(presented.Kind, presented.Text, out var hash))
        {
            return new(Verification.Invalid("it is too long, or not ASCII"));
        }

        if (!verified.TryGet(hash, out var credential))
        {
            return Verify(presented, hash, context);
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (now >= credential.Until)
        {
            verified.Remove(hash);
            return Verify(presented, hash, context);
        }

        return Check(credential, now, context.RequestAborted);
    }

    private async ValueTask<Verification> Verify(PresentedCredential presented, CredentialHash hash, HttpContext context)
    {
        var text = presented.Text.ToString();
        var verification = presented.Kind switch
        {
            CredentialKind.Bearer => await tokens.Verify(text, context.RequestAborted),
            CredentialKind.Session => await sessions.Verify(text, context),
            _ => await apiKeys.Verify(text, context.RequestAborted),
        };
        metrics.Verified(presented.Kind, verification.Refusal);
        if (verification.Credential is not { } credential)
        {
            return verification;
        }

        verified.Add(hash, credential);
        return await Check(credential, time.GetUtcNow().ToUnixTimeSeconds(), context.RequestAborted);
    }

    private ValueTask<Verification> Check(VerifiedCredential credential, long now, CancellationToken cancellation)
    {
        var stands = credential.Stands(cancellation);
        if (!stands.IsCompletedSuccessfully)
        {
            return CheckSlowly(stands.AsTask(), credential, now, cancellation);
        }

        var verdict = stands.Result;
        if (verdict == RevocationVerdict.Good)
        {
            var revoked = revocations.Check(credential.Marks, credential.IssuedAt, cancellation);
            if (!revoked.IsCompletedSuccessfully)
            {
                return CheckSlowly(revoked.AsTask(), credential, now, cancellation, standing: true);
            }

            verdict = revoked.Result;
        }

        return new(Judge(credential, verdict, now));
    }

    private async ValueTask<Verification> CheckSlowly(
        Task<RevocationVerdict> pending, VerifiedCredential credential, long now, CancellationToken cancellation, bool standing = false)
    {
        var verdict = await pending;
        if (!standing && verdict == RevocationVerdict.Good)
        {
            verdict = await revocations.Check(credential.Marks, credential.IssuedAt, cancellation);
        }

        return Judge(credential, verdict, now);
    }

    private Verification Judge(VerifiedCredential credential, RevocationVerdict verdict, long now)
    {
        if (verdict == RevocationVerdict.Good)
        {
            sightings.Note(credential, now);
            return Verification.Of(credential);
        }

        return verdict == RevocationVerdict.Revoked ? Verification.Invalid("it is revoked") : Verification.Unknown("it is not known whether it is revoked");
    }
}
