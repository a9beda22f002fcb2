using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Sessions;
using System.Collections.Frozen;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// Verifies browsers' cookies by asking their session. Remembered for seconds only, so that the session sees its browser
/// often enough to tell when it is idle; its end, and that its handle was replaced, is known at once, by its revocation.
/// </summary>
internal sealed class SessionVerifier(IGrainFactory grains, Peers peers, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    public async ValueTask<Verification> Verify(string value, HttpContext context)
    {
        if (!SessionCookie.TryParse(value, out var cookie))
        {
            return Verification.Invalid("it is no session cookie");
        }

        var now = time.GetUtcNow();
        Session? session;
        try
        {
            session = await grains.GetGrain<ISessionGrain>(cookie.SessionId)
                .Authenticate(cookie.Hash, now, peers.ClientOf(context)?.ToString() ?? "");
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Verification.Unknown($"the session does not answer: {e.Message}");
        }

        return session is null ? Verification.Invalid("the session is over, or the handle not its") : Verification.Of(Accept(session, cookie, now));
    }

    private static SessionCredential Accept(Session session, SessionCookie cookie, DateTimeOffset now) => new(
        new Caller
        {
            Kind = CredentialKind.Session,
            Subject = session.UserId,
            SessionId = session.Id,
            Name = session.Name,
            Roles = session.Roles.ToFrozenSet(StringComparer.Ordinal),
        },
        (now + Remembered).ToUnixTimeSeconds(),
        session.AuthenticatedAt.ToUnixTimeSeconds(),
        [
            new RevocationMark(RevocationKey.Session(session.Id)),
            new RevocationMark(RevocationKey.User(session.UserId)),
            new RevocationMark(RevocationKey.Handle(cookie.Hash)),
        ]);

    private sealed class SessionCredential(
        Caller caller, long until, long issuedAt, System.Collections.Immutable.ImmutableArray<RevocationMark> marks)
        : VerifiedCredential(caller, until, issuedAt, marks)
    {
        public override ValueTask<RevocationVerdict> Stands(CancellationToken cancellation) => new(RevocationVerdict.Good);
    }
}
