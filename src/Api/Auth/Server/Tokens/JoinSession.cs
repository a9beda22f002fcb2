using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Notes a client with its user's session before it gets anything of it, so that it is told when the session ends
/// (OpenID Connect Back-Channel Logout 1.0).
/// </summary>
internal sealed class JoinSession(IGrainFactory grains, IReplica<ClientDirectory> clients) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseSingletonHandler<JoinSession>()
            .SetOrder(KeepFamilySession.Descriptor.Order - 100)
            .Build();

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.EndpointType is OpenIddictServerEndpointType.Authorization or OpenIddictServerEndpointType.EndUserVerification
            && context.Principal?.GetClaim(TokenIdentity.Session) is { } session
            && ClientOf(context) is { } id
            && clients.Current.Find(id) is { BackChannelLogoutUri: not null })
        {
            await grains.GetGrain<ISessionGrain>(session).Join(id);
        }
    }

    // A user who enters a device's code is not the device: its request was another one.
    private static string? ClientOf(ProcessSignInContext context) => context.EndpointType == OpenIddictServerEndpointType.Authorization
        ? context.ClientId
        : context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)?
            .UserCodePrincipal?.GetClaim(OpenIddictConstants.Claims.ClientId);
}
