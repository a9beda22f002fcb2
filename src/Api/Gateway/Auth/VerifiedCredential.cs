using System.Collections.Immutable;
using Gatehouse.Api.Auth.Revocations;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>A credential that was verified once, and what must be looked at whenever it is used again.</summary>
/// <param name="caller">Whom it stands for.</param>
/// <param name="until">Until when it may be used without being verified again, in seconds since 1970.</param>
/// <param name="issuedAt">When it was issued, in seconds since 1970.</param>
/// <param name="marks">The keys by which it can be revoked.</param>
internal abstract class VerifiedCredential(Caller caller, long until, long issuedAt, ImmutableArray<RevocationMark> marks)
{
    public Caller Caller => caller;

    public long Until => until;

    public long IssuedAt => issuedAt;

    public ImmutableArray<RevocationMark> Marks => marks;

    /// <summary>The identity minted for it last.</summary>
    public MintedIdentity? Identity { get; set; }

    /// <summary>
    /// Until when its session need not be told that it is used, in seconds since 1970. A cookie's session was asked, and so
    /// knows; others have none.
    /// </summary>
    public long SeenUntil { get; set; } = caller is { Kind: CredentialKind.Bearer, SessionId: not null } ? 0 : long.MaxValue;

    /// <summary>Whether what vouched for it, such as a signing key, still does.</summary>
    public abstract ValueTask<RevocationVerdict> Stands(CancellationToken cancellation);
}
