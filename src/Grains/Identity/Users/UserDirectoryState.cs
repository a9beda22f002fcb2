using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>What a shard of the list of users keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-directory-state")]
internal sealed record UserDirectoryState
{
    /// <summary>The login names by the users' ids.</summary>
    [Id(0)] public ImmutableDictionary<string, string> Users { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The roles of those who have any, by the users' ids.</summary>
    [Id(1)] public ImmutableDictionary<string, ImmutableArray<string>> Roles { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The roles of a user.</summary>
    public ImmutableArray<string> RolesOf(string userId) => Roles.GetValueOrDefault(userId, []);

    /// <summary>The list with a user on it; the same when nothing changes.</summary>
    public UserDirectoryState With(ListedUser user)
    {
        ImmutableArray<string> has = [.. user.Roles ?? []];
        if (Users.GetValueOrDefault(user.Id) == user.Login && RolesOf(user.Id).SequenceEqual(has))
        {
            return this;
        }

        var roles = has.IsEmpty ? Roles.Remove(user.Id) : Roles.SetItem(user.Id, has);
        return this with { Users = Users.SetItem(user.Id, user.Login), Roles = roles };
    }

    /// <summary>The list without a user; the same when there is none.</summary>
    public UserDirectoryState Without(string userId) =>
        Users.ContainsKey(userId) ? this with { Users = Users.Remove(userId), Roles = Roles.Remove(userId) } : this;
}
