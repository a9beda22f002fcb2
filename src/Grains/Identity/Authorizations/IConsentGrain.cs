using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Authorizations;

/// <summary>What one user has allowed clients, until it is withdrawn; the key is the user's id.</summary>
[Alias("gatehouse.authorizations.consent")]
public interface IConsentGrain : IGrainWithStringKey
{
    /// <summary>Whether the user has allowed the client all of the scopes before.</summary>
    [Alias("covers")]
    ValueTask<bool> Covers(string clientId, ImmutableArray<string> scopes);

    /// <summary>Remembers that the user allows it.</summary>
    [Alias("allow")]
    Task Allow(string clientId, ImmutableArray<string> scopes);

    /// <summary>The scopes that are allowed, by client.</summary>
    [Alias("list")]
    ValueTask<ImmutableDictionary<string, ImmutableArray<string>>> List();

    /// <summary>
    /// Takes back whatever the client was allowed: when it returns, no front door accepts a token that it has got on behalf
    /// of the user until now. Idempotent: asked for again, it sees through what an earlier call has begun.
    /// </summary>
    /// <returns>False when the client was never allowed anything.</returns>
    [Alias("withdraw"), ResponseTimeout("00:00:30")]
    Task<bool> Withdraw(string clientId);

    /// <summary>Whether what the client was granted then has been withdrawn since.</summary>
    [Alias("is-withdrawn")]
    ValueTask<bool> IsWithdrawn(string clientId, DateTimeOffset grantedAt);
}
