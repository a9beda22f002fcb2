using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>All users, gathered from the shards of the list.</summary>
public static class UserDirectory
{
    /// <summary>Into how many parts the list is cut, each written whole when one of its users comes or goes.</summary>
    public const int Shards = 64;

    /// <summary>The shard of a user, the same in every process and version: by the first digits of the id, which is random.</summary>
    public static int ShardOf(string userId) =>
        int.TryParse(userId.AsSpan(0, Math.Min(4, userId.Length)), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var digits)
            ? digits % Shards
            : 0;

    /// <summary>Users in the order of their login names; see <see cref="IUserDirectoryGrain.List"/>.</summary>
    public static async Task<ImmutableArray<ListedUser>> ListUsers(this IGrainFactory grains, string after, string containing, string? role, int limit)
    {
        var parts = await Parts(grains, part => part.List(after, containing, role, limit));
        return [.. parts.SelectMany(part => part).OrderBy(user => user.Login, StringComparer.OrdinalIgnoreCase).Take(limit)];
    }

    /// <summary>The roles that users have, in alphabetical order, and how many have each.</summary>
    public static async Task<ImmutableArray<KeyValuePair<string, int>>> ListRoles(this IGrainFactory grains)
    {
        var parts = await Parts(grains, part => part.Roles());
        return
        [
            .. parts.SelectMany(part => part)
                .AggregateBy(role => role.Key, 0, (sum, role) => sum + role.Value)
                .OrderBy(role => role.Key, StringComparer.Ordinal),
        ];
    }

    private static Task<T[]> Parts<T>(IGrainFactory grains, Func<IUserDirectoryGrain, ValueTask<T>> ask) =>
        Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => ask(grains.GetGrain<IUserDirectoryGrain>(shard)).AsTask()));
}
