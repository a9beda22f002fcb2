using Gatehouse.Grains.Identity.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Tells a client about the user that its access token is about, as far as the token's scopes allow.</summary>
internal sealed class AnswerUserInfo(IGrainFactory grains) : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<HandleUserInfoRequestContext>()
            .UseSingletonHandler<AnswerUserInfo>()
            .SetOrder(OpenIddictServerHandlers.UserInfo.AttachClaims.Descriptor.Order + 100)
            .Build();

    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var token = context.AccessTokenPrincipal;
        if (token.HasScope(Scopes.Roles))
        {
            context.Claims[TokenIdentity.Roles] = new OpenIddictParameter([.. token.GetClaims(TokenIdentity.Roles)]);
        }

        if (token.HasScope(Scopes.Profile)
            && token.GetClaim(TokenIdentity.Session) is { } id
            && await grains.GetGrain<ISessionGrain>(id).Find() is { } session)
        {
            context.Claims[Claims.Name] = session.Name;
            context.PreferredUsername = session.Name;
        }
    }
}
