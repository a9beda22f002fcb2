using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Authorizations;

/// <summary>What one user has allowed clients for good; the key is the user's id.</summary>
[Alias("gatehouse.authorizations.consent")]
public interface IConsentGrain : IGrainWithStringKey
{
    /// <summary>Whether the user has allowed the client all of the scopes before.</summary>
    [Alias("covers")]
    ValueTask<bool> Covers(string clientId, ImmutableArray<string> scopes);

    /// <summary>Remembers that the user allows it.</summary>
    [Alias("allow")]
    Task Allow(string clientId, ImmutableArray<string> scopes);
}
