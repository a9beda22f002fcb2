using System.Collections.Immutable;
using Gatehouse.Api.Auth.Server.Stores;
using Gatehouse.Api.Commands;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Revokes what a client shows at <c>/connect/revoke</c> (RFC 7009): an access token with its session, or by itself when it
/// has none; of everything else the whole family.
/// </summary>
internal sealed class RevokeToken(IGrainFactory grains, CommandSender sender, TokenFamilies families, IAuditTrail audit, TimeProvider time)
    : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<HandleRevocationRequestContext>()
            .UseSingletonHandler<RevokeToken>()
            .SetOrder(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var token = context.GenericTokenPrincipal;
        if (token.GetTokenType() != TokenTypeIdentifiers.AccessToken)
        {
            await sender.Send(() => token.GetAuthorizationId() is { } family
                ? grains.GetGrain<IAuthorizationGrain>(family).Revoke()
                : grains.GetGrain<ITokenGrain>(token.GetTokenId()!).Delete());
        }
        else if (token.GetClaim("sid") is { } session)
        {
            await families.EndSession(token.GetClaim(Claims.Subject)!, session);
        }
        else if (token.GetClaim(Claims.JwtId) is { } id)
        {
            var until = token.GetExpirationDate() ?? time.GetUtcNow() + TokenLifetimes.LongestAccess;
            await sender.Send(() => grains.Revoke(RevocationKey.Token(id), until));
        }

        audit.Record(new AuditEvent
        {
            Type = "token.revoked",
            Actor = $"client:{context.Request.ClientId}",
            Target = token.GetClaim(Claims.Subject) is { } subject && subject != context.Request.ClientId ? $"user:{subject}" : $"client:{context.Request.ClientId}",
            Details = ImmutableDictionary<string, string>.Empty.Add("token", token.GetTokenType() ?? ""),
        });
    }
}
