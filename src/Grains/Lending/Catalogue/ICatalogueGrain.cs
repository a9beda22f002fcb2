using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Lending.Catalogue;

/// <summary>
/// A shard of the catalogue: owner of its books' entries in the view that every front door searches. When a command has
/// returned, every front door finds the book as it is now.
/// </summary>
[Alias("gatehouse.lending.catalogue")]
public interface ICatalogueGrain : IGrainWithIntegerKey, IViewOwner
{
    /// <summary>The name of the view.</summary>
    const string View = "lending-catalogue";

    /// <summary>How many shards there are. Never changed once there is data.</summary>
    const int Shards = 16;

    /// <summary>How many books a shard takes; its state is written whole.</summary>
    const int Capacity = 5_000;

    /// <summary>Lists a book; false when the shard is full.</summary>
    [Alias("put"), ResponseTimeout("00:00:15")]
    Task<bool> Put(BookEntry entry);

    /// <summary>Takes a book out.</summary>
    [Alias("remove"), ResponseTimeout("00:00:15")]
    Task Remove(string book);
}
