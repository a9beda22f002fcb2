using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Identity.Tokens;

namespace Gatehouse.Api.Auth.Server.Stores;

internal sealed partial class TokenStore
{
    private static readonly ImmutableDictionary<string, JsonElement> NoProperties = ImmutableDictionary<string, JsonElement>.Empty;

    public ValueTask<string?> GetApplicationIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.ClientId);

    public ValueTask<string?> GetAuthorizationIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.AuthorizationId);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.CreatedAt);

    public ValueTask<DateTimeOffset?> GetExpirationDateAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.ExpiresAt);

    public ValueTask<string?> GetIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Id);

    public ValueTask<string?> GetPayloadAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.Payload);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(TokenEntity token, CancellationToken cancellationToken) => new(NoProperties);

    public ValueTask<DateTimeOffset?> GetRedemptionDateAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.RedeemedAt);

    public ValueTask<string?> GetReferenceIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Id);

    public ValueTask<string?> GetStatusAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.Status);

    public ValueTask<string?> GetSubjectAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.Subject);

    public ValueTask<string?> GetTypeAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Token.Type);

    public ValueTask SetApplicationIdAsync(TokenEntity token, string? identifier, CancellationToken cancellationToken) =>
        Set(token, token.Token with { ClientId = identifier });

    public ValueTask SetAuthorizationIdAsync(TokenEntity token, string? identifier, CancellationToken cancellationToken) =>
        Set(token, token.Token with { AuthorizationId = identifier });

    public ValueTask SetCreationDateAsync(TokenEntity token, DateTimeOffset? date, CancellationToken cancellationToken) =>
        Set(token, token.Token with { CreatedAt = date });

    public ValueTask SetExpirationDateAsync(TokenEntity token, DateTimeOffset? date, CancellationToken cancellationToken) =>
        Set(token, token.Token with { ExpiresAt = date });

    public ValueTask SetPayloadAsync(TokenEntity token, string? payload, CancellationToken cancellationToken) =>
        Set(token, token.Token with { Payload = payload });

    // Nothing here has any; the protected content says what there is to say.
    public ValueTask SetPropertiesAsync(TokenEntity token, ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) =>
        properties.IsEmpty ? ValueTask.CompletedTask : throw new NotSupportedException("Tokens have no properties.");

    public ValueTask SetRedemptionDateAsync(TokenEntity token, DateTimeOffset? date, CancellationToken cancellationToken) =>
        Set(token, token.Token with { RedeemedAt = date });

    // The reference is what the token is kept under, and never changes.
    public ValueTask SetReferenceIdAsync(TokenEntity token, string? identifier, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask SetStatusAsync(TokenEntity token, string? status, CancellationToken cancellationToken) =>
        Set(token, token.Token with { Status = status });

    public ValueTask SetSubjectAsync(TokenEntity token, string? subject, CancellationToken cancellationToken) =>
        Set(token, token.Token with { Subject = subject });

    public ValueTask SetTypeAsync(TokenEntity token, string? type, CancellationToken cancellationToken) =>
        Set(token, token.Token with { Type = type });

    private static ValueTask Set(TokenEntity entity, Token changed)
    {
        entity.Token = changed;
        return ValueTask.CompletedTask;
    }
}
