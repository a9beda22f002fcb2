using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Patterns.Index;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending;

/// <summary>The library's lists across members.</summary>
public static class LendingLists
{
    /// <summary>Over how many grains each list is spread. Never changed once there is data.</summary>
    public const int Shards = 8;

    /// <summary>A page of a list.</summary>
    /// <param name="grains">Where the shards are found.</param>
    /// <param name="after">The key that the page follows; null for the first page.</param>
    /// <param name="limit">How many entries the page takes.</param>
    /// <typeparam name="T">What is listed.</typeparam>
    public static async Task<Page<T>> Page<T>(this IGrainFactory grains, string? after, int limit) where T : class
    {
        var parts = await Task.WhenAll(Enumerable.Range(0, Shards)
            .Select(shard => grains.GetGrain<IIndexGrain<T>>(shard).After(after, limit + 1).AsTask()));
        return Sharding.Merge(parts, limit);
    }
}

/// <summary>The overdue loans, the longest overdue first.</summary>
[GrainType("gatehouse.lending.overdue")]
internal sealed class OverdueLoansGrain(
    [PersistentState("state")] IPersistentState<SortedIndex<OverdueLoan>> store,
    ILogger<OverdueLoansGrain> logger) : IndexGrain<OverdueLoan>(store, logger);

/// <summary>The members, by id.</summary>
[GrainType("gatehouse.lending.members")]
internal sealed class MembersGrain(
    [PersistentState("state")] IPersistentState<SortedIndex<MemberEntry>> store,
    ILogger<MembersGrain> logger) : IndexGrain<MemberEntry>(store, logger);
