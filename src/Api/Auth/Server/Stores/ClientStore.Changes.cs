using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Grains.Identity.Clients;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Auth.Server.Stores;

// The server itself changes no client and queries none.
internal sealed partial class ClientStore
{
    private const string ReadOnly = "Clients are changed through their grains.";

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<Client>, IQueryable<TResult>> query, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask CreateAsync(Client application, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask DeleteAsync(Client application, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public IAsyncEnumerable<Client> FindByRedirectUriAsync(string uri, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask<Client> InstantiateAsync(CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public IAsyncEnumerable<Client> ListAsync(int? count, int? offset, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetApplicationTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetClientIdAsync(Client application, string? identifier, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetClientSecretAsync(Client application, string? secret, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetClientTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetConsentTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetDisplayNameAsync(Client application, string? name, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetDisplayNamesAsync(Client application, ImmutableDictionary<CultureInfo, string> names, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetJsonWebKeySetAsync(Client application, JsonWebKeySet? set, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetPermissionsAsync(Client application, ImmutableArray<string> permissions, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetPostLogoutRedirectUrisAsync(Client application, ImmutableArray<string> uris, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetPropertiesAsync(Client application, ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetRedirectUrisAsync(Client application, ImmutableArray<string> uris, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetRequirementsAsync(Client application, ImmutableArray<string> requirements, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetSettingsAsync(Client application, ImmutableDictionary<string, string> settings, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask UpdateAsync(Client application, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);
}
