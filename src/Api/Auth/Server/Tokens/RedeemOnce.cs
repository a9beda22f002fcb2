using Gatehouse.Api.Auth.Server.Stores;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Redeems the code or refresh token that new tokens are asked for with, before any is made: its grain lets one succeed.
/// OpenIddict lets every refresh that was under way at the same time succeed; here the others are a reuse like any other,
/// and end the family, the winner's new tokens with it.
/// </summary>
internal sealed class RedeemOnce(IOpenIddictTokenManager tokens, TokenFamilies families) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseScopedHandler<RedeemOnce>()
            .SetOrder(OpenIddictServerHandlers.RedeemTokenEntry.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Presented(context)?.GetTokenId() is not { } id)
        {
            return;
        }

        var token = await tokens.FindByIdAsync(id, context.CancellationToken);
        if (token is not null && await tokens.TryRedeemAsync(token, context.CancellationToken))
        {
            return;
        }

        if (token is not null && await tokens.GetAuthorizationIdAsync(token, context.CancellationToken) is { } family)
        {
            await families.Revoke(family);
        }

        context.Reject(Errors.InvalidGrant, "The token has been used already.");
    }

    private static System.Security.Claims.ClaimsPrincipal? Presented(ProcessSignInContext context)
    {
        var authentication = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        return context.EndpointType switch
        {
            OpenIddictServerEndpointType.EndUserVerification => authentication?.UserCodePrincipal,
            // A pushed request is good for one answer.
            OpenIddictServerEndpointType.Authorization => authentication?.RequestTokenPrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsAuthorizationCodeGrantType() => authentication?.AuthorizationCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsDeviceCodeGrantType() => authentication?.DeviceCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsRefreshTokenGrantType() => authentication?.RefreshTokenPrincipal,
            _ => null,
        };
    }
}
