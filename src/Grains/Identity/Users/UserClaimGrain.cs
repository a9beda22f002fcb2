using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>A claim. Collected soon: anybody can try any name, and those that nobody has must not fill the memory.</summary>
[GrainType("gatehouse.identity.user-claim"), CollectionAgeLimit(Minutes = 3)]
internal sealed class UserClaimGrain([PersistentState("state")] IPersistentState<UserClaimState> store, TimeProvider time) : Grain, IUserClaimGrain
{
    // Longer than it takes to write a user after the claim.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    public ValueTask<string?> Find() => ValueTask.FromResult(store.State.UserId);

    public async Task<bool> Claim(string userId)
    {
        if (store.State.UserId is { } owner && owner != userId && await IsHeld(owner))
        {
            return false;
        }

        if (store.State.UserId != userId)
        {
            store.State = new UserClaimState { UserId = userId, ClaimedAt = time.GetUtcNow() };
            await Write(store.WriteStateAsync);
        }

        return true;
    }

    public async Task Release(string userId)
    {
        if (store.State.UserId == userId)
        {
            await Write(store.ClearStateAsync);
        }
    }

    private async Task<bool> IsHeld(string owner) =>
        time.GetUtcNow() - store.State.ClaimedAt < Grace
        || (await GrainFactory.GetGrain<IUserGrain>(owner).Find())?.Claims().Contains(this.GetPrimaryKeyString()) == true;

    private async Task Write(Func<Task> write)
    {
        try
        {
            await write();
        }
        // Whatever was thrown, it is unknown what the store has now: the next activation reads it.
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
