using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>What a shard of the catalogue keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.catalogue-state")]
internal sealed record CatalogueState
{
    /// <summary>Counts the writes.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The books by id.</summary>
    [Id(1)] public ImmutableDictionary<string, BookEntry> Books { get; init; } = ImmutableDictionary<string, BookEntry>.Empty;

    /// <summary>The books that the write to this version changed: what is published again when its activation died.</summary>
    [Id(2)] public ImmutableArray<string> Changed { get; init; } = [];

    public ImmutableArray<ViewChange> Changes => [.. Changed.Select(id => new ViewChange(id, Books.GetValueOrDefault(id)))];

    public CatalogueState With(string id, BookEntry? entry) => new()
    {
        Version = Version + 1,
        Books = entry is null ? Books.Remove(id) : Books.SetItem(id, entry),
        Changed = [id],
    };

    public bool Has(string id, BookEntry? entry) => Books.GetValueOrDefault(id) is { } known
        ? entry is not null && known.Copies == entry.Copies && known.Details.SameAs(entry.Details)
        : entry is null;
}
