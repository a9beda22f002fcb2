using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Protection = OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Signs with the key that is active now: identity tokens by RS256, which every OpenID Connect client can verify, everything
/// else by ES256, which is a tenth of the work.
/// </summary>
internal sealed class ChooseSigningKey(IReplica<SigningKeyRing> keys) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseSingletonHandler<ChooseSigningKey>()
            .SetOrder(Protection.AttachSecurityCredentials.Descriptor.Order + 100)
            .Build();

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var algorithm = context.TokenType == TokenTypeIdentifiers.IdentityToken ? SigningAlgorithm.Rs256 : SigningAlgorithm.Es256;
        context.SigningCredentials = keys.Current.Signing(algorithm) ?? context.SigningCredentials;
        return ValueTask.CompletedTask;
    }
}
