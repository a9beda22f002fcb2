using Gatehouse.Api.Commands;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Tokens;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>
/// Ends families of tokens. What was redeemed twice was stolen from one of the two who redeemed it: the family's tokens,
/// those just issued too, and the session they belong to are over.
/// </summary>
internal sealed partial class TokenFamilies(IGrainFactory grains, CommandSender sender, IAuditTrail audit, TimeProvider time, ILogger<TokenFamilies> logger)
{
    /// <summary>Ends a family, one of whose tokens was used twice.</summary>
    /// <returns>Whether there was such a family.</returns>
    public async Task<bool> Revoke(string authorizationId)
    {
        if (await sender.Send(grains.GetGrain<IAuthorizationGrain>(authorizationId).Revoke) is not { } authorization)
        {
            return false;
        }

        Log.Reused(logger, authorizationId, authorization.ClientId, authorization.Subject);
        audit.Record(new AuditEvent
        {
            Type = "token.reused",
            Actor = $"client:{authorization.ClientId}",
            Target = authorization.Subject is null ? "" : $"user:{authorization.Subject}",
            Outcome = AuditOutcome.Denied,
        });
        if (authorization is { SessionId: { } session, Subject: { } user })
        {
            await EndSession(user, session);
        }

        return true;
    }

    /// <summary>Ends a session whose token was revoked: when this returns, no front door accepts a token of it.</summary>
    public async Task EndSession(string user, string session)
    {
        await sender.Send(() => grains.GetGrain<IUserSessionsGrain>(user).End(session, SessionEnd.TokenRevoked));
        // The session may be over while tokens of it are not.
        var until = time.GetUtcNow() + TokenLifetimes.LongestAccess;
        await sender.Send(() => grains.Revoke(RevocationKey.Session(session), until));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "TokenReused", Level = LogLevel.Warning, Message = "A token of authorization {Authorization} was used twice, by client {Client} for {Subject}: its family is revoked")]
        public static partial void Reused(ILogger logger, string authorization, string? client, string? subject);
    }
}
