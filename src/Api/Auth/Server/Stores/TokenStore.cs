using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Tokens;
using OpenIddict.Abstractions;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>
/// OpenIddict's tokens are grains. One of these serves one request, and remembers what it read: the handlers look the same
/// token up again and again, while a change is checked against the version that was read.
/// </summary>
internal sealed partial class TokenStore(IGrainFactory grains, TokenFamilies families) : IOpenIddictTokenStore<TokenEntity>
{
    private readonly Dictionary<string, TokenEntity> read = new(StringComparer.Ordinal);

    public async ValueTask CreateAsync(TokenEntity token, CancellationToken cancellationToken)
    {
        if (!await Grain(token.Id).Create(token.Token))
        {
            throw new OpenIddictExceptions.ConcurrencyException("There is such a token already.");
        }

        token.Token = token.Token with { Version = 1 };
        read[token.Id] = token;
    }

    public async ValueTask UpdateAsync(TokenEntity token, CancellationToken cancellationToken)
    {
        if (!await Grain(token.Id).Change(token.Token))
        {
            read.Remove(token.Id);
            throw new OpenIddictExceptions.ConcurrencyException("The token was changed meanwhile.");
        }

        token.Token = token.Token with { Version = token.Token.Version + 1 };
    }

    public async ValueTask DeleteAsync(TokenEntity token, CancellationToken cancellationToken)
    {
        read.Remove(token.Id);
        await Grain(token.Id).Delete();
    }

    public async ValueTask<TokenEntity?> FindByIdAsync(string identifier, CancellationToken cancellationToken)
    {
        if (!read.TryGetValue(identifier, out var entity) && await Grain(identifier).Find() is { } token)
        {
            read[identifier] = entity = new TokenEntity(identifier, token);
        }

        return entity;
    }

    // The manager has hashed it: the hash is the id.
    public ValueTask<TokenEntity?> FindByReferenceIdAsync(string identifier, CancellationToken cancellationToken) =>
        FindByIdAsync(identifier, cancellationToken);

    public async ValueTask<long> RevokeByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken) =>
        await families.Revoke(identifier) ? 1 : 0;

    // The store forgets them by itself.
    public ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<TokenEntity> InstantiateAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new TokenEntity(TokenReference.Hash(TokenReference.Make()), new Token()));

    private ITokenGrain Grain(string id) => grains.GetGrain<ITokenGrain>(id);
}
