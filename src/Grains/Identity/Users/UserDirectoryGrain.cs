using System.Collections.Immutable;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Users;

[GrainType("gatehouse.identity.user-directory")]
internal sealed class UserDirectoryGrain([PersistentState("state")] IPersistentState<UserDirectoryState> store) : Grain, IUserDirectoryGrain
{
    public Task Put(string userId, string login) =>
        store.State.Users.TryGetValue(userId, out var listed) && listed == login ? Task.CompletedTask : Write(store.State.Users.SetItem(userId, login));

    public Task Remove(string userId) => store.State.Users.ContainsKey(userId) ? Write(store.State.Users.Remove(userId)) : Task.CompletedTask;

    public ValueTask<ImmutableArray<ListedUser>> List(string after, string containing, int limit) => ValueTask.FromResult<ImmutableArray<ListedUser>>(
    [
        .. store.State.Users
            .Where(user => string.Compare(user.Value, after, StringComparison.OrdinalIgnoreCase) > 0
                && user.Value.Contains(containing, StringComparison.OrdinalIgnoreCase))
            .OrderBy(user => user.Value, StringComparer.OrdinalIgnoreCase)
            .Take(limit)
            .Select(user => new ListedUser(user.Key, user.Value)),
    ]);

    private async Task Write(ImmutableDictionary<string, string> users)
    {
        try
        {
            store.State = new UserDirectoryState { Users = users };
            await store.WriteStateAsync();
        }
        // Whatever was thrown, it is unknown what the store has now: the next activation reads it.
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
