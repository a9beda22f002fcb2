using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>A part of the list of all users, for those who administer them; the key is one of <see cref="UserDirectory.Shards"/>.</summary>
[Alias("gatehouse.identity.user-directory")]
public interface IUserDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Lists a user.</summary>
    [Alias("put-user")]
    Task Put(ListedUser user);

    /// <summary>Takes a user off the list.</summary>
    [Alias("remove")]
    Task Remove(string userId);

    /// <summary>Users in the order of their login names.</summary>
    /// <param name="after">The login name to go on after; empty to begin.</param>
    /// <param name="containing">What the login name is to contain, in any case; empty for all.</param>
    /// <param name="role">The role that they are to have; null for all.</param>
    /// <param name="limit">How many at most.</param>
    [Alias("list-users"), AlwaysInterleave]
    ValueTask<ImmutableArray<ListedUser>> List(string after, string containing, string? role, int limit);

    /// <summary>The roles there are, and how many users have each.</summary>
    [Alias("roles"), AlwaysInterleave]
    ValueTask<ImmutableDictionary<string, int>> Roles();
}

/// <summary>A user in the list.</summary>
/// <param name="Id">The user.</param>
/// <param name="Login">The login name.</param>
/// <param name="Roles">The roles; null from a silo that does not tell them yet.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.listed-user")]
public readonly record struct ListedUser([property: Id(0)] string Id, [property: Id(1)] string Login, [property: Id(2)] string[]? Roles = null);
