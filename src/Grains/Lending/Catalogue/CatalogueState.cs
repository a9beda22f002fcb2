using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>What a shard of the catalogue keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.catalogue-state")]
internal sealed record CatalogueState : IOwnedState
{
    /// <inheritdoc/>
    [Id(0)] public long Version { get; init; }

    /// <summary>The books by id.</summary>
    [Id(1)] public ImmutableDictionary<string, BookEntry> Books { get; init; } = ImmutableDictionary<string, BookEntry>.Empty;

    /// <summary>The book that the write to this version changed.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    /// <summary>With a book listed or, when the entry is null, taken out; this very state when that changes nothing.</summary>
    public CatalogueState With(string id, BookEntry? entry)
    {
        if (Has(id, entry))
        {
            return this;
        }

        return new CatalogueState
        {
            Version = Version + 1,
            Books = entry is null ? Books.Remove(id) : Books.SetItem(id, entry),
            Changed = [id],
        };
    }

    public ImmutableArray<ViewChange> Entries() => [.. Books.Select(book => new ViewChange(book.Key, book.Value))];

    public ImmutableArray<ViewChange> LastChanges() => [.. Changed.Select(id => new ViewChange(id, Books.GetValueOrDefault(id)))];

    private bool Has(string id, BookEntry? entry)
    {
        var known = Books.GetValueOrDefault(id);
        return known is null || entry is null
            ? known is null && entry is null
            : known.Copies == entry.Copies && known.Details.SameAs(entry.Details);
    }
}
