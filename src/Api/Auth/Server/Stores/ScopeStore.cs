using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using OpenIddict.Abstractions;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>A scope: there is one as long as some client may ask for it.</summary>
/// <param name="Name">Its name.</param>
internal sealed record Scope(string Name);

/// <summary>OpenIddict's scopes are those that this front door's clients may ask for. Read only.</summary>
internal sealed class ScopeStore(IReplica<ClientDirectory> clients) : IOpenIddictScopeStore<Scope>
{
    private const string ReadOnly = "Scopes are what clients may ask for.";

    public async ValueTask<Scope?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        (await clients.Read(cancellationToken)).HasScope(name) ? new Scope(name) : null;

    public ValueTask<Scope?> FindByIdAsync(string identifier, CancellationToken cancellationToken) => FindByNameAsync(identifier, cancellationToken);

    public async IAsyncEnumerable<Scope> FindByNamesAsync(
        ImmutableArray<string> names, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var directory = await clients.Read(cancellationToken);
        foreach (var name in names.Where(directory.HasScope))
        {
            yield return new Scope(name);
        }
    }

    public IAsyncEnumerable<Scope> FindByResourceAsync(string resource, CancellationToken cancellationToken) => AsyncEnumerable.Empty<Scope>();

    public ValueTask<string?> GetDescriptionAsync(Scope scope, CancellationToken cancellationToken) => new((string?)null);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDescriptionsAsync(Scope scope, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask<string?> GetDisplayNameAsync(Scope scope, CancellationToken cancellationToken) => new((string?)null);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(Scope scope, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask<string?> GetIdAsync(Scope scope, CancellationToken cancellationToken) => new(scope.Name);

    public ValueTask<string?> GetNameAsync(Scope scope, CancellationToken cancellationToken) => new(scope.Name);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Scope scope, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask<ImmutableArray<string>> GetResourcesAsync(Scope scope, CancellationToken cancellationToken) => new(ImmutableArray<string>.Empty);

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<Scope>, IQueryable<TResult>> query, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask CreateAsync(Scope scope, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask DeleteAsync(Scope scope, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<Scope>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask<Scope> InstantiateAsync(CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public IAsyncEnumerable<Scope> ListAsync(int? count, int? offset, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<Scope>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetDescriptionAsync(Scope scope, string? description, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetDescriptionsAsync(Scope scope, ImmutableDictionary<CultureInfo, string> descriptions, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetDisplayNameAsync(Scope scope, string? name, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetDisplayNamesAsync(Scope scope, ImmutableDictionary<CultureInfo, string> names, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetNameAsync(Scope scope, string? name, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);

    public ValueTask SetPropertiesAsync(Scope scope, ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask SetResourcesAsync(Scope scope, ImmutableArray<string> resources, CancellationToken cancellationToken) =>
        throw new NotSupportedException(ReadOnly);

    public ValueTask UpdateAsync(Scope scope, CancellationToken cancellationToken) => throw new NotSupportedException(ReadOnly);
}
