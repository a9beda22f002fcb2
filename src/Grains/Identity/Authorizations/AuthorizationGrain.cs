using Gatehouse.Grains.Identity.Tokens;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Authorizations;

[GrainType("gatehouse.authorizations.authorization")]
internal sealed class AuthorizationGrain(
    [PersistentState("state", TokenStorage.Name)] IPersistentState<AuthorizationState> store) : Grain, IAuthorizationGrain
{
    public Task Create(Authorization authorization) =>
        store.State.Authorization is null ? Write(authorization) : throw new InvalidOperationException("The authorization exists already.");

    public ValueTask<Authorization?> Find()
    {
        if (store.State.Authorization is null)
        {
            DeactivateOnIdle();
        }

        return ValueTask.FromResult(store.State.Authorization);
    }

    public async Task<Authorization?> Revoke()
    {
        if (store.State.Authorization is { Revoked: false } valid)
        {
            await Write(valid with { Revoked = true });
        }

        return store.State.Authorization;
    }

    private async Task Write(Authorization authorization)
    {
        try
        {
            store.State = new AuthorizationState { Authorization = authorization };
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

/// <summary>What an authorization's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.authorizations.state")]
internal sealed record AuthorizationState
{
    /// <summary>The authorization; null when there is none.</summary>
    [Id(0)] public Authorization? Authorization { get; init; }
}
