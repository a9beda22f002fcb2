using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Lets a service exchange what was issued for Gatehouse as a whole, which it is a part of: it has the permission to
/// exchange tokens. What was issued for somebody else by name stays with them.
/// </summary>
internal sealed class AllowExchange(IOptions<AuthOptions> options) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenRequestContext>()
            .UseSingletonHandler<AllowExchange>()
            .SetOrder(OpenIddictServerHandlers.Exchange.ValidateAuthorizedParty.Descriptor.Order - 500)
            .Build();

    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.IsTokenExchangeGrantType()
            && context.SubjectTokenPrincipal is { } subject
            && context.ClientId is { } client
            && subject.HasAudience(options.Value.Audience))
        {
            subject.SetPresenters(subject.GetPresenters().Add(client));
        }

        return ValueTask.CompletedTask;
    }
}
