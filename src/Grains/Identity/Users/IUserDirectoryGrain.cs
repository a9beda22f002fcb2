using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>A part of the list of all users, for those who administer them; the key is one of <see cref="UserDirectory.Shards"/>.</summary>
[Alias("gatehouse.identity.user-directory")]
public interface IUserDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Lists a user, by the login name.</summary>
    [Alias("put")]
    Task Put(string userId, string login);

    /// <summary>Takes a user off the list.</summary>
    [Alias("remove")]
    Task Remove(string userId);

    /// <summary>Users in the order of their login names.</summary>
    /// <param name="after">The login name to go on after; empty to begin.</param>
    /// <param name="containing">What the login name is to contain, in any case; empty for all.</param>
    /// <param name="limit">How many at most.</param>
    [Alias("list"), AlwaysInterleave]
    ValueTask<ImmutableArray<ListedUser>> List(string after, string containing, int limit);
}

/// <summary>A user in the list.</summary>
/// <param name="Id">The user.</param>
/// <param name="Login">The login name.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.listed-user")]
public readonly record struct ListedUser([property: Id(0)] string Id, [property: Id(1)] string Login);
