using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Identity.Authorizations;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>OpenIddict's authorizations are grains.</summary>
internal sealed partial class AuthorizationStore(IGrainFactory grains) : IOpenIddictAuthorizationStore<AuthorizationEntity>
{
    private static readonly ImmutableDictionary<string, JsonElement> NoProperties = ImmutableDictionary<string, JsonElement>.Empty;

    public async ValueTask CreateAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        await Grain(authorization.Id).Create(authorization.Authorization);

    // The one change there is.
    public async ValueTask UpdateAsync(AuthorizationEntity authorization, CancellationToken cancellationToken)
    {
        if (authorization.Authorization.Revoked)
        {
            await Grain(authorization.Id).Revoke();
        }
    }

    public async ValueTask DeleteAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        await Grain(authorization.Id).Revoke();

    public async ValueTask<AuthorizationEntity?> FindByIdAsync(string identifier, CancellationToken cancellationToken) =>
        await Grain(identifier).Find() is { } authorization ? new AuthorizationEntity(identifier, authorization) : null;

    // The store forgets them by itself.
    public ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken cancellationToken) => new(0L);

    public ValueTask<AuthorizationEntity> InstantiateAsync(CancellationToken cancellationToken) =>
        new(new AuthorizationEntity(TokenReference.Make(), new Authorization()));

    public ValueTask<string?> GetApplicationIdAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Authorization.ClientId);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Authorization.CreatedAt);

    public ValueTask<string?> GetIdAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Id);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(NoProperties);

    public ValueTask<ImmutableArray<string>> GetScopesAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Authorization.Scopes);

    public ValueTask<string?> GetStatusAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.Authorization.Revoked ? Statuses.Revoked : Statuses.Valid);

    public ValueTask<string?> GetSubjectAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Authorization.Subject);

    public ValueTask<string?> GetTypeAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) => new(authorization.Authorization.Type);

    public ValueTask SetApplicationIdAsync(AuthorizationEntity authorization, string? identifier, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { ClientId = identifier });

    public ValueTask SetCreationDateAsync(AuthorizationEntity authorization, DateTimeOffset? date, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { CreatedAt = date });

    public ValueTask SetPropertiesAsync(AuthorizationEntity authorization, ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) =>
        properties.IsEmpty ? ValueTask.CompletedTask : throw new NotSupportedException("Authorizations have no properties.");

    public ValueTask SetScopesAsync(AuthorizationEntity authorization, ImmutableArray<string> scopes, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { Scopes = scopes });

    public ValueTask SetStatusAsync(AuthorizationEntity authorization, string? status, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { Revoked = status != Statuses.Valid });

    public ValueTask SetSubjectAsync(AuthorizationEntity authorization, string? subject, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { Subject = subject });

    public ValueTask SetTypeAsync(AuthorizationEntity authorization, string? type, CancellationToken cancellationToken) =>
        Set(authorization, authorization.Authorization with { Type = type });

    private static ValueTask Set(AuthorizationEntity entity, Authorization changed)
    {
        entity.Authorization = changed;
        return ValueTask.CompletedTask;
    }

    private IAuthorizationGrain Grain(string id) => grains.GetGrain<IAuthorizationGrain>(id);
}
