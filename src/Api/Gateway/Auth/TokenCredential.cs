using System.Collections.Immutable;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>An access token. It stands as long as the key that signed it is in the ring.</summary>
internal sealed class TokenCredential(
    Caller caller, long until, long issuedAt, ImmutableArray<RevocationMark> marks, IReplica<SigningKeyRing> keys, string keyId)
    : VerifiedCredential(caller, until, issuedAt, marks)
{
    private SigningKeyRing? seen;

    public override ValueTask<RevocationVerdict> Stands(CancellationToken cancellation)
    {
        if (keys.State != LeaseState.Leased)
        {
            return StandsWithoutLease(cancellation);
        }

        return new(IsIn(keys.Current) ? RevocationVerdict.Good : RevocationVerdict.Revoked);
    }

    private async ValueTask<RevocationVerdict> StandsWithoutLease(CancellationToken cancellation)
    {
        await keys.Read(cancellation);
        var leased = keys.State == LeaseState.Leased;
        if (!IsIn(keys.Current))
        {
            return RevocationVerdict.Revoked;
        }

        return leased ? RevocationVerdict.Good : RevocationVerdict.Unknown;
    }

    private bool IsIn(SigningKeyRing ring)
    {
        if (ReferenceEquals(ring, seen))
        {
            return true;
        }

        if (!ring.TryFind(keyId, out _))
        {
            return false;
        }

        seen = ring;
        return true;
    }
}
