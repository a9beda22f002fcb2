using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Patterns.Index;

/// <summary>
/// One shard of a paged index. Whoever owns an entry puts it here through its outbox; a list is read from all shards and
/// merged by <see cref="Sharding.Merge"/>.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
[Alias("gatehouse.patterns.index`1")]
public interface IIndexGrain<T> : IGrainWithIntegerKey where T : class
{
    /// <summary>Puts an entry, or takes it out when the value is null. Idempotent.</summary>
    [Alias("put")]
    Task Put(string key, T? value);

    /// <summary>The entries that follow a key.</summary>
    /// <param name="after">The key; null to begin with the first.</param>
    /// <param name="limit">How many at most.</param>
    [Alias("after"), ReadOnly]
    ValueTask<ImmutableArray<IndexEntry<T>>> After(string? after, int limit);
}
