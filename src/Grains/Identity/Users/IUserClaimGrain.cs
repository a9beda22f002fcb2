using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Users;

/// <summary>Whose something is that belongs to one user at most; the key is a <see cref="UserClaim"/>.</summary>
[Alias("gatehouse.identity.user-claim")]
public interface IUserClaimGrain : IGrainWithStringKey
{
    /// <summary>The user who has it or is about to; null when nobody.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<string?> Find();

    /// <summary>Claims it.</summary>
    /// <returns>False when another user has it.</returns>
    [Alias("claim")]
    Task<bool> Claim(string userId);

    /// <summary>Gives it up.</summary>
    [Alias("release")]
    Task Release(string userId);
}
