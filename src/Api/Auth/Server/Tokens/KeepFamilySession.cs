using Gatehouse.Api.Auth.Server.Stores;
using Gatehouse.Grains.Identity.Authorizations;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Makes the authorization that a family of tokens has in common, and notes the session that the family ends with.</summary>
internal sealed class KeepFamilySession(IGrainFactory grains, TimeProvider time) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseSingletonHandler<KeepFamilySession>()
            .SetOrder(OpenIddictServerHandlers.AttachAuthorization.Descriptor.Order - 500)
            .Build();

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Principal is not { } principal
            || principal.GetAuthorizationId() is not null
            || !(context.GenerateAuthorizationCode || context.GenerateDeviceCode || context.GenerateRefreshToken))
        {
            return;
        }

        var id = TokenReference.Make();
        await grains.GetGrain<IAuthorizationGrain>(id).Create(new Authorization
        {
            ClientId = context.ClientId,
            Subject = principal.GetClaim(Claims.Subject),
            SessionId = principal.GetClaim(TokenIdentity.Session),
            Scopes = principal.GetScopes(),
            Type = AuthorizationTypes.AdHoc,
            CreatedAt = time.GetUtcNow(),
        });
        principal.SetAuthorizationId(id);
    }
}
