using System.Collections.Immutable;

namespace Gatehouse.Api.Auth.Server.Stores;

// Nobody asks these: authorizations are found by their id alone, and what a user has allowed is another grain's.
internal sealed partial class AuthorizationStore
{
    private const string NotAsked = "Authorizations are found by their id.";

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException(NotAsked);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<AuthorizationEntity>, IQueryable<TResult>> query, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<AuthorizationEntity> FindAsync(
        string? subject, string? client, string? status, string? type, ImmutableArray<string>? scopes, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<AuthorizationEntity> FindByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<AuthorizationEntity> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<AuthorizationEntity>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<AuthorizationEntity> ListAsync(int? count, int? offset, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<AuthorizationEntity>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeAsync(string? subject, string? client, string? status, string? type, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);
}
