using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Users;

[GrainType("gatehouse.identity.user-directory")]
internal sealed class UserDirectoryGrain([PersistentState("state")] IPersistentState<UserDirectoryState> store) : Grain, IUserDirectoryGrain
{
    private Ledger<UserDirectoryState>? ledger;

    private Ledger<UserDirectoryState> Ledger => ledger ??= new Ledger<UserDirectoryState>(store, _ => DeactivateOnIdle());

    public Task Put(ListedUser user) => Write(Ledger.State.With(user));

    public Task Remove(string userId) => Write(Ledger.State.Without(userId));

    public ValueTask<ImmutableArray<ListedUser>> List(string after, string containing, string? role, int limit) => ValueTask.FromResult<ImmutableArray<ListedUser>>(
    [
        .. Ledger.State.Users
            .Where(user => string.Compare(user.Value, after, StringComparison.OrdinalIgnoreCase) > 0
                && user.Value.Contains(containing, StringComparison.OrdinalIgnoreCase)
                && (role is null || Ledger.State.RolesOf(user.Key).Contains(role)))
            .OrderBy(user => user.Value, StringComparer.OrdinalIgnoreCase)
            .Take(limit)
            .Select(user => new ListedUser(user.Key, user.Value, [.. Ledger.State.RolesOf(user.Key)])),
    ]);

    public ValueTask<ImmutableDictionary<string, int>> Roles() => ValueTask.FromResult(
        Ledger.State.Roles.Values.SelectMany(roles => roles).CountBy(role => role).ToImmutableDictionary(StringComparer.Ordinal));

    private Task Write(UserDirectoryState next) => ReferenceEquals(next, Ledger.State) ? Task.CompletedTask : Ledger.Write(next);
}
