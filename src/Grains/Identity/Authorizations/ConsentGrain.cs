using System.Collections.Immutable;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Authorizations;

[GrainType("gatehouse.authorizations.consent")]
internal sealed class ConsentGrain([PersistentState("state")] IPersistentState<ConsentState> store) : Grain, IConsentGrain
{
    public ValueTask<bool> Covers(string clientId, ImmutableArray<string> scopes) => ValueTask.FromResult(
        store.State.Scopes.TryGetValue(clientId, out var allowed) && scopes.All(scope => allowed.Contains(scope)));

    public async Task Allow(string clientId, ImmutableArray<string> scopes)
    {
        var allowed = store.State.Scopes.GetValueOrDefault(clientId, []);
        if (scopes.All(scope => allowed.Contains(scope)))
        {
            return;
        }

        try
        {
            store.State = new ConsentState { Scopes = store.State.Scopes.SetItem(clientId, [.. allowed.Union(scopes)]) };
            await store.WriteStateAsync();
        }
        catch
        {
            // It is unknown what the store has now: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What a user's consents are kept as.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.authorizations.consent-state")]
internal sealed record ConsentState
{
    /// <summary>The scopes that were allowed, by client.</summary>
    [Id(0)] public ImmutableDictionary<string, ImmutableArray<string>> Scopes { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;
}
