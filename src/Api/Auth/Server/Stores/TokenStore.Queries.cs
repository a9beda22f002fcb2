namespace Gatehouse.Api.Auth.Server.Stores;

// Nobody asks these: tokens are found by their id alone, and revoked by their family, session, user or client.
internal sealed partial class TokenStore
{
    private const string NotAsked = "Tokens are found by their id.";

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException(NotAsked);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<TokenEntity>, IQueryable<TResult>> query, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TokenEntity> FindAsync(string? subject, string? client, string? status, string? type, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TokenEntity> FindByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TokenEntity> FindByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TokenEntity> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<TokenEntity>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TokenEntity> ListAsync(int? count, int? offset, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<TokenEntity>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeAsync(string? subject, string? client, string? status, string? type, CancellationToken cancellationToken) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeByApplicationIdAsync(string identifier, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(NotAsked);

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(NotAsked);
}
