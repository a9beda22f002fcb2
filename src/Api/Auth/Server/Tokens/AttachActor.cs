using System.Security.Claims;
using System.Text.Json;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Protection = OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Says in an exchanged token who acts on behalf of its subject, and before it who did (RFC 8693, 4.1).</summary>
internal sealed class AttachActor : IOpenIddictServerHandler<GenerateTokenContext>
{
    private const string Actor = "act";
    private const string Property = "gatehouse:actor";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseSingletonHandler<AttachActor>()
            .SetOrder(Protection.GenerateIdentityModelToken.Descriptor.Order - 250)
            .Build();

    /// <summary>Notes who exchanges the token of this request.</summary>
    public static void Note(OpenIddictServerTransaction transaction, string client, ClaimsPrincipal subject)
    {
        var actor = new Dictionary<string, object> { [Claims.Subject] = client };
        if (subject.GetClaim(Actor) is { } before)
        {
            actor[Actor] = JsonSerializer.Deserialize<JsonElement>(before);
        }

        transaction.SetProperty(Property, actor);
    }

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Transaction.GetProperty<Dictionary<string, object>>(Property) is { } actor)
        {
            context.SecurityTokenDescriptor.Claims ??= new Dictionary<string, object>();
            context.SecurityTokenDescriptor.Claims[Actor] = actor;
        }

        return ValueTask.CompletedTask;
    }
}
