using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Auth.ApiKeys;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.ApiKeys;
using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>Verifies API keys against the view of them.</summary>
internal sealed class ApiKeyVerifier(IReplica<ApiKeyDirectory> keys, TimeProvider time)
{
    public async ValueTask<Verification> Verify(string text, CancellationToken cancellation)
    {
        if (!ApiKeySecret.TryParse(text, out var secret))
        {
            return Verification.Invalid("it is no API key");
        }

        var directory = await keys.Read(cancellation);
        if (keys.State != LeaseState.Leased)
        {
            return Verification.Unknown("the API keys are not known at the moment");
        }

        if (!directory.ById.TryGetValue(secret.Id, out var key) || !secret.Matches(key.Hash))
        {
            return Verification.Invalid("no API key is known by it");
        }

        return key.ExpiresAt <= time.GetUtcNow() ? Verification.Invalid("the API key has ended") : Verification.Of(Accept(key));
    }

    private ApiKeyCredential Accept(ApiKey key)
    {
        var until = key.ExpiresAt?.ToUnixTimeSeconds() ?? long.MaxValue;
        var caller = new Caller
        {
            Kind = CredentialKind.ApiKey,
            Subject = key.Id,
            Name = key.Name,
            Scopes = key.Scopes.ToFrozenSet(StringComparer.Ordinal),
            Roles = key.Roles.ToFrozenSet(StringComparer.Ordinal),
            ExpiresAt = until,
        };
        return new ApiKeyCredential(
            caller, until, key.CreatedAt.ToUnixTimeSeconds(), [new RevocationMark(RevocationKey.ApiKey(key.Id))], keys, key.Id);
    }

    /// <summary>An API key. It stands as long as it is in the directory.</summary>
    private sealed class ApiKeyCredential(
        Caller caller, long until, long issuedAt, ImmutableArray<RevocationMark> marks, IReplica<ApiKeyDirectory> keys, string id)
        : VerifiedCredential(caller, until, issuedAt, marks)
    {
        public override ValueTask<RevocationVerdict> Stands(CancellationToken cancellation) =>
            keys.State == LeaseState.Leased ? new(Look()) : StandsWithoutLease(cancellation);

        private async ValueTask<RevocationVerdict> StandsWithoutLease(CancellationToken cancellation)
        {
            await keys.Read(cancellation);
            var leased = keys.State == LeaseState.Leased;
            var verdict = Look();
            return verdict == RevocationVerdict.Good && !leased ? RevocationVerdict.Unknown : verdict;
        }

        // Ids are never used again, and a key never changes.
        private RevocationVerdict Look() => keys.Current.ById.ContainsKey(id) ? RevocationVerdict.Good : RevocationVerdict.Revoked;
    }
}
