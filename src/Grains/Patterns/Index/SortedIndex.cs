using System.Collections.Immutable;

namespace Gatehouse.Grains.Patterns.Index;

/// <summary>A list sorted by key that is read in pages: the state of one index grain, and the rules it changes by.</summary>
/// <typeparam name="T">What is listed.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.sorted-index`1")]
public sealed record SortedIndex<T> where T : class
{
    /// <summary>The entries, sorted.</summary>
    [Id(0)] public ImmutableArray<IndexEntry<T>> Entries { get; init; } = [];

    /// <summary>With an entry set or, when the value is null, taken out; this very index when that changes nothing.</summary>
    public SortedIndex<T> With(string key, T? value)
    {
        var at = Search(key);
        if (value is null)
        {
            return at < 0 ? this : new SortedIndex<T> { Entries = Entries.RemoveAt(at) };
        }

        var entry = new IndexEntry<T>(key, value);
        if (at < 0)
        {
            return new SortedIndex<T> { Entries = Entries.Insert(~at, entry) };
        }

        return Entries[at] == entry ? this : new SortedIndex<T> { Entries = Entries.SetItem(at, entry) };
    }

    /// <summary>The entries that follow a key.</summary>
    /// <param name="after">The key; null to begin with the first.</param>
    /// <param name="limit">How many at most.</param>
    public ImmutableArray<IndexEntry<T>> After(string? after, int limit)
    {
        var start = 0;
        if (after is not null)
        {
            var at = Search(after);
            start = at < 0 ? ~at : at + 1;
        }

        return Entries.Slice(start, Math.Min(limit, Entries.Length - start));
    }

    private int Search(string key)
    {
        var (low, high) = (0, Entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(Entries[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
