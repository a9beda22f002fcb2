using System.Collections.Immutable;
using CsCheck;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Patterns.Index;

namespace Gatehouse.Grains.Tests.Patterns;

public sealed class SortedIndexTests
{
    [Fact]
    public void Pages_overAllShards_giveEveryEntryOnceInOrder() => Record.Exception(() =>
        Gen.Select(Gen.Int[0, 60].Array[0, 80], Gen.Int[0, 60].Array[0, 40], Gen.Int[1, 10]).Sample((added, removed, limit) =>
        {
            var shards = Enumerable.Range(0, 4).Select(_ => new SortedIndex<string>()).ToArray();
            foreach (var key in added.Select(number => $"key {number}"))
            {
                shards[Sharding.ShardOf(key, 4)] = shards[Sharding.ShardOf(key, 4)].With(key, key.ToUpperInvariant());
            }

            foreach (var key in removed.Select(number => $"key {number}"))
            {
                shards[Sharding.ShardOf(key, 4)] = shards[Sharding.ShardOf(key, 4)].With(key, null);
            }

            var seen = new List<string>();
            string? after = null;
            do
            {
                var page = Sharding.Merge(shards.Select(shard => shard.After(after, limit + 1)), limit);
                page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
                seen.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);

            seen.ShouldBe(added.Except(removed).Select(number => $"KEY {number}").Order(StringComparer.Ordinal));
        }, iter: 300))?.ToString().ShouldBeNull();

    [Fact]
    public void With_sameEntry_isTheSameIndex()
    {
        var index = new SortedIndex<string>().With("a", "1");

        index.With("a", "1").ShouldBeSameAs(index);
        index.With("b", null).ShouldBeSameAs(index);
        index.With("a", "2").Entries.ShouldBe(ImmutableArray.Create(new IndexEntry<string>("a", "2")));
    }
}
