using System.Collections.Immutable;
using Gatehouse.Grains.Views;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Identity.ApiKeys;

/// <summary>
/// Owns all API keys; its grain key is <see cref="Key"/>. A change is written, then published to the <c>api-keys</c> view:
/// when a command returns, every front door acts by it. All commands are idempotent.
/// </summary>
[Alias("gatehouse.identity.api-keys")]
public interface IApiKeysGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "api-keys";

    /// <summary>The most keys there can be.</summary>
    const int MaxKeys = 10_000;

    /// <summary>Adds a key, whose id is new.</summary>
    /// <returns>False when there are <see cref="MaxKeys"/> already.</returns>
    [Alias("add"), ResponseTimeout("00:00:30")]
    Task<bool> Add(ApiKey key);

    /// <summary>Revokes a key: when the call returns, no front door accepts it.</summary>
    /// <returns>The key that there was; null when there was none.</returns>
    [Alias("revoke"), ResponseTimeout("00:00:30")]
    Task<ApiKey?> Revoke(string id);

    /// <summary>All keys as last written, oldest first.</summary>
    [Alias("list"), AlwaysInterleave]
    ValueTask<ImmutableArray<ApiKey>> List();
}
