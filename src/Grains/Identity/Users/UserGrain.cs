using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>
/// A user. Names are claimed before the user is written and released after, so a crash in between leaves a name claimed by
/// a user who does not bear it, which <see cref="UserClaimGrain"/> gives to the next who asks.
/// </summary>
[GrainType("gatehouse.identity.user")]
internal sealed class UserGrain([PersistentState("state")] IPersistentState<UserState> store) : Grain, IUserGrain
{
    // What is being written is nobody's to see before it is.
    private User? written;

    private string Id => this.GetPrimaryKeyString();

    private IUserDirectoryGrain Directory => GrainFactory.GetGrain<IUserDirectoryGrain>(UserDirectory.ShardOf(Id));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        written = store.State.User;
        return Task.CompletedTask;
    }

    public ValueTask<User?> Find() => ValueTask.FromResult(written);

    public async Task<UserWrite> Put(User user)
    {
        if (user.Id != Id)
        {
            throw new ArgumentException("The user has another id.", nameof(user));
        }

        if (user.Version != (written?.Version ?? 0))
        {
            return new UserWrite(UserOutcome.Conflict);
        }

        var before = written?.Claims() ?? [];
        var added = user.Claims().RemoveRange(before);
        for (var i = 0; i < added.Length; i++)
        {
            if (!await Claim(added[i]).Claim(Id))
            {
                await Release(added[..i]);
                return new UserWrite(UserOutcome.Taken);
            }
        }

        await Directory.Put(new ListedUser(Id, user.Login, [.. user.Roles]));
        await Write(user with { Version = user.Version + 1 });
        await Release(before.RemoveRange(user.Claims()));
        return new UserWrite(UserOutcome.Written, written);
    }

    public async Task<bool> UseTotp(long step)
    {
        if (written is null || step <= written.LastTotpStep)
        {
            return false;
        }

        await Write(written with { LastTotpStep = step, Version = written.Version + 1 });
        return true;
    }

    public async Task<bool> Delete()
    {
        if (written is not { } user)
        {
            await Directory.Remove(Id);
            return false;
        }

        await Write(null);
        await Release(user.Claims());
        await Directory.Remove(Id);
        return true;
    }

    private IUserClaimGrain Claim(string claim) => GrainFactory.GetGrain<IUserClaimGrain>(claim);

    private Task Release(IEnumerable<string> claims) => Task.WhenAll(claims.Select(claim => Claim(claim).Release(Id)));

    private async Task Write(User? user)
    {
        try
        {
            store.State = new UserState { User = user };
            await store.WriteStateAsync();
            written = user;
        }
        // Whatever was thrown, it is unknown what the store has now: the next activation reads it.
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
