using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Patterns.UniqueIndex;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>The grains that make a book findable.</summary>
internal sealed class Listing(IGrainFactory grains) : IListing
{
    // Longer than a change takes with a failover in it; the reminder of a book that was interrupted comes sooner.
    private static readonly TimeSpan ClaimValidity = TimeSpan.FromMinutes(10);

    public Task<string> Claim(string isbn, string book) => Isbn(isbn).Claim(book, ClaimValidity);

    public Task<bool> Confirm(string isbn, string book) => Isbn(isbn).Confirm(book);

    public Task Release(string isbn, string book) => Isbn(isbn).Release(book);

    public Task<bool> List(BookEntry entry) => Shard(entry.Id).Put(entry);

    public Task Unlist(string book, BookEntry? before) => before is null ? Shard(book).Remove(book) : Shard(book).Put(before);

    private IUniqueIndexGrain Isbn(string isbn) => grains.GetGrain<IUniqueIndexGrain>($"lending.isbn/{isbn}");

    private ICatalogueGrain Shard(string book) =>
        grains.GetGrain<ICatalogueGrain>(Sharding.ShardOf(book, ICatalogueGrain.Shards));
}
