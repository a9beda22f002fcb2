using Gatehouse.Api.Auth.Server.Stores;
using Gatehouse.Grains.Identity.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Protection = OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>
/// Gives a token its id before it is made, and keeps nothing yet: the id is the hash of the reference that its bearer will
/// get, so that one write does, where OpenIddict writes an empty entry, looks it up and writes it again. Access and
/// identity tokens get no entry at all.
/// </summary>
internal sealed class DraftTokenEntry : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseSingletonHandler<DraftTokenEntry>()
            .SetOrder(Protection.CreateTokenEntry.Descriptor.Order)
            .Build();

    /// <summary>The references of tokens under way, by the tokens' ids.</summary>
    public static string PropertyOf(string tokenId) => "gatehouse:reference:" + tokenId;

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.TokenType is TokenTypeIdentifiers.AccessToken or TokenTypeIdentifiers.IdentityToken)
        {
            context.CreateTokenEntry = context.PersistTokenPayload = context.IsReferenceToken = false;
            return ValueTask.CompletedTask;
        }

        if (!context.CreateTokenEntry)
        {
            return ValueTask.CompletedTask;
        }

        var reference = context.TokenType == TokenTypeIdentifiers.Private.UserCode
            ? TokenReference.Make(context.Options.UserCodeCharset, context.Options.UserCodeLength)
            : TokenReference.Make();
        var id = TokenReference.Hash(reference);
        context.Transaction.SetProperty(PropertyOf(id), reference);
        context.Principal.SetTokenId(id);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Keeps a token that has been made, and gives its bearer the reference.</summary>
internal sealed class KeepTokenEntry(IGrainFactory grains, TimeProvider time) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseSingletonHandler<KeepTokenEntry>()
            .SetOrder(Protection.AttachTokenPayload.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(GenerateTokenContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.CreateTokenEntry || context.Principal.GetTokenId() is not { } id)
        {
            return;
        }

        var reference = context.Transaction.GetProperty<string>(DraftTokenEntry.PropertyOf(id))
            ?? throw new InvalidOperationException("The token was not drafted.");
        var token = new Token
        {
            Type = context.TokenType,
            // A device's code is worth nothing until its user has allowed it.
            Status = context.TokenType == TokenTypeIdentifiers.Private.DeviceCode ? Statuses.Inactive : Statuses.Valid,
            ClientId = context.ClientId,
            AuthorizationId = context.Principal.GetAuthorizationId(),
            Subject = context.TokenType is TokenTypeIdentifiers.Private.DeviceCode or TokenTypeIdentifiers.Private.UserCode ? null : context.Principal.GetClaim(Claims.Subject),
            Payload = context.Token,
            CreatedAt = context.Principal.GetCreationDate() ?? time.GetUtcNow(),
            ExpiresAt = context.Principal.GetExpirationDate(),
        };
        if (!await grains.GetGrain<ITokenGrain>(id).Create(token))
        {
            // 256 random bits do not meet; two user codes once in a long while do.
            context.Reject(Errors.TemporarilyUnavailable, "Please try again.");
            return;
        }

        context.Token = reference;
    }
}
