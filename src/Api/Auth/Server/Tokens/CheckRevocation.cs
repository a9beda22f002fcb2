using System.Collections.Immutable;
using System.Security.Claims;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Protection = OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Refuses what was revoked also where the authorization server itself is shown a token: at userinfo, introspection, token
/// exchange, and when a refresh token's session is over or its user has withdrawn the consent.
/// </summary>
internal sealed class CheckRevocation(RevocationCheck revocations, IGrainFactory grains, TimeProvider time)
    : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseSingletonHandler<CheckRevocation>()
            .SetOrder(Protection.ValidateAuthorizationEntry.Descriptor.Order + 500)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // A client takes its token back whatever became of it.
        if (context.Principal is not { } principal || context.EndpointType == OpenIddictServerEndpointType.Revocation)
        {
            return;
        }

        var accepted = principal.GetTokenType() switch
        {
            TokenTypeIdentifiers.AccessToken => await IsGood(principal, context.CancellationToken),
            TokenTypeIdentifiers.RefreshToken or TokenTypeIdentifiers.Private.AuthorizationCode or TokenTypeIdentifiers.Private.DeviceCode =>
                await IsSessionAlive(principal) && !await IsWithdrawn(principal),
            _ => true,
        };
        if (!accepted)
        {
            context.Reject(Errors.InvalidToken, "The token is no longer valid.");
        }
    }

    private async ValueTask<bool> IsGood(ClaimsPrincipal token, CancellationToken cancellation)
    {
        var keys = ImmutableArray.CreateBuilder<RevocationMark>(5);
        Add(token.GetClaim("sid"), RevocationKey.Session);
        Add(token.GetClaim(Claims.JwtId), RevocationKey.Token);
        Add(token.GetClaim(Claims.Subject), RevocationKey.User);
        Add(token.GetClaim(Claims.ClientId), RevocationKey.Client);
        if (token.GetClaim(Claims.Subject) is { } user)
        {
            Add(token.GetClaim(Claims.ClientId), client => RevocationKey.Grant(user, client));
        }

        var issuedAt = (token.GetCreationDate() ?? DateTimeOffset.UnixEpoch).ToUnixTimeSeconds();
        return await revocations.Check(keys.ToImmutable(), issuedAt, cancellation) == RevocationVerdict.Good;

        void Add(string? value, Func<string, string> key)
        {
            if (value is not null)
            {
                keys.Add(new RevocationMark(key(value)));
            }
        }
    }

    // By the time of the grant and not of the token: what is just being renewed is of the old grant too.
    private async Task<bool> IsWithdrawn(ClaimsPrincipal token) =>
        token.GetClaim(Claims.Subject) is { } user
        && token.GetAuthorizationId() is { } family
        && await grains.GetGrain<IAuthorizationGrain>(family).Find() is { ClientId: { } client, CreatedAt: { } grantedAt }
        && await grains.GetGrain<IConsentGrain>(user).IsWithdrawn(client, grantedAt);

    private async Task<bool> IsSessionAlive(ClaimsPrincipal token)
    {
        if (token.GetClaim("sid") is not { } id)
        {
            return true;
        }

        var session = grains.GetGrain<ISessionGrain>(id);
        if (await session.Find() is null)
        {
            return false;
        }

        // A program that refreshes uses the session as a browser does.
        await session.See(time.GetUtcNow());
        return true;
    }
}
