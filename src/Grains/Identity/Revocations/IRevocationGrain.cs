using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.Revocations;

/// <summary>
/// Owns the revocations of one shard, which is its key (<see cref="RevocationKey.ShardOf"/>). Each is written, then
/// published to the shard's view: when a command returns, no front door accepts what it names. All commands are idempotent.
/// </summary>
[Alias("gatehouse.identity.revocations")]
public interface IRevocationGrain : IGrainWithIntegerKey, IViewOwner
{
    /// <summary>Revokes everything that bears the key.</summary>
    /// <param name="key">What is revoked, see <see cref="RevocationKey"/>.</param>
    /// <param name="until">When the last token that bears the key expires; the revocation leaves memory then.</param>
    [Alias("revoke"), ResponseTimeout("00:00:30")]
    Task Revoke(string key, DateTimeOffset until);

    /// <summary>
    /// The revocations among these keys, read anew from the store: for a front door without a lease, which must not be
    /// told what an activation remembers that was replaced without knowing it.
    /// </summary>
    [Alias("find"), AlwaysInterleave]
    Task<ImmutableDictionary<string, Revocation>> Find(ImmutableArray<string> keys);
}
