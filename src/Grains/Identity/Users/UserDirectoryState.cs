using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>What a shard of the list of users keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.user-directory-state")]
internal sealed record UserDirectoryState
{
    /// <summary>The login names by the users' ids.</summary>
    [Id(0)] public ImmutableDictionary<string, string> Users { get; init; } = ImmutableDictionary<string, string>.Empty;
}
