using System.Collections.Immutable;
using Gatehouse.Grains.Patterns.Index;

namespace Gatehouse.Grains.Patterns;

/// <summary>Shares keys out among the shards of something.</summary>
public static class Sharding
{
    /// <summary>The shard of a key, the same in every process and version (FNV-1a).</summary>
    public static int ShardOf(string key, int shards)
    {
        var hash = 2166136261u;
        foreach (var c in key)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)(hash % (uint)shards);
    }

    /// <summary>One page out of the shards of an index.</summary>
    /// <param name="parts">Of each shard the entries after the page before, one more than the page takes.</param>
    /// <param name="limit">How many the page takes.</param>
    /// <typeparam name="T">What is listed.</typeparam>
    public static Page<T> Merge<T>(IEnumerable<ImmutableArray<IndexEntry<T>>> parts, int limit)
    {
        var sorted = parts.SelectMany(part => part).OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(limit + 1).ToArray();
        return new Page<T>(
            [.. sorted.Take(limit).Select(entry => entry.Value)],
            sorted.Length > limit ? sorted[limit - 1].Key : null);
    }
}
