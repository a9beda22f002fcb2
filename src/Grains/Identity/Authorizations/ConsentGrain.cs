using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Identity.Tokens;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Authorizations;

[GrainType("gatehouse.authorizations.consent")]
internal sealed class ConsentGrain([PersistentState("state")] IPersistentState<ConsentState> store, TimeProvider time) : Grain, IConsentGrain
{
    public ValueTask<bool> Covers(string clientId, ImmutableArray<string> scopes) => ValueTask.FromResult(
        store.State.Scopes.TryGetValue(clientId, out var allowed) && scopes.All(scope => allowed.Contains(scope)));

    public Task Allow(string clientId, ImmutableArray<string> scopes)
    {
        var allowed = store.State.Scopes.GetValueOrDefault(clientId, []);
        return store.State.Scopes.ContainsKey(clientId) && scopes.All(scope => allowed.Contains(scope))
            ? Task.CompletedTask
            : Write(store.State with { Scopes = store.State.Scopes.SetItem(clientId, [.. allowed.Union(scopes)]) });
    }

    public ValueTask<ImmutableDictionary<string, ImmutableArray<string>>> List() => ValueTask.FromResult(store.State.Scopes);

    public async Task<bool> Withdraw(string clientId)
    {
        var now = time.GetUtcNow();
        // First no new tokens, then the end of those there are.
        if (store.State.Scopes.ContainsKey(clientId))
        {
            await Write(store.State.Withdraw(clientId, now));
        }
        else if (!store.State.Withdrawn.ContainsKey(clientId))
        {
            return false;
        }

        await GrainFactory.Revoke(RevocationKey.Grant(this.GetPrimaryKeyString(), clientId), now + TokenLifetimes.LongestAccess);
        return true;
    }

    public ValueTask<bool> IsWithdrawn(string clientId, DateTimeOffset grantedAt) => ValueTask.FromResult(
        store.State.Withdrawn.TryGetValue(clientId, out var at) && grantedAt <= at + TimeSpan.FromSeconds(Revocation.ClockTolerance));

    private async Task Write(ConsentState state)
    {
        try
        {
            store.State = state;
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
    /// <summary>The scopes that are allowed, by client.</summary>
    [Id(0)] public ImmutableDictionary<string, ImmutableArray<string>> Scopes { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>When all that a client had been granted by then was withdrawn; as long as anything of it can be left.</summary>
    [Id(1)] public ImmutableDictionary<string, DateTimeOffset> Withdrawn { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The state after a withdrawal.</summary>
    public ConsentState Withdraw(string clientId, DateTimeOffset now) => new()
    {
        Scopes = Scopes.Remove(clientId),
        Withdrawn = Withdrawn.RemoveRange(Withdrawn.Where(one => one.Value + TokenStorage.Retention < now).Select(one => one.Key)).SetItem(clientId, now),
    };
}
