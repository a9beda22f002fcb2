using Gatehouse.Grains.Identity.Revocations;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>A key that a token bears, with its shard worked out once.</summary>
internal readonly struct RevocationMark(string key)
{
    public string Key { get; } = key;

    public int Shard { get; } = RevocationKey.ShardOf(key);
}
