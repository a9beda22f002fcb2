namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>Revokes by key, whichever shard it belongs to.</summary>
public static class RevocationExtensions
{
    /// <summary>Revokes everything that bears the key: when it returns, no front door accepts it.</summary>
    /// <param name="grains">Where grains are found.</param>
    /// <param name="key">What is revoked, see <see cref="RevocationKey"/>.</param>
    /// <param name="until">When the last token that bears the key expires.</param>
    public static Task Revoke(this IGrainFactory grains, string key, DateTimeOffset until) => grains.Revocations(key).Revoke(key, until);

    /// <summary>The grain that owns the key's revocation.</summary>
    public static IRevocationGrain Revocations(this IGrainFactory grains, string key) =>
        grains.GetGrain<IRevocationGrain>(RevocationKey.ShardOf(key));
}
