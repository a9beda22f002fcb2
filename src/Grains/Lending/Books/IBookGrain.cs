using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>
/// A book with its copies and the queue for them. Who gets a copy is decided here, one step after another; the steps are
/// those of members' errands, and idempotent. The key is the book's id.
/// </summary>
[Alias("gatehouse.lending.book")]
public interface IBookGrain : IGrainWithStringKey
{
    /// <summary>Lends a copy.</summary>
    /// <param name="operation">The operation; its id is the loan's.</param>
    /// <param name="member">Who borrows.</param>
    [Alias("lend")]
    Task<BookAnswer> Lend(Operation operation, string member);

    /// <summary>Takes a copy back.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="loan">The loan that the copy is out on.</param>
    [Alias("take-back")]
    Task<BookAnswer> TakeBack(Operation operation, string loan);

    /// <summary>Puts a member at the end of the queue.</summary>
    /// <param name="operation">The operation; its id is the hold's.</param>
    /// <param name="member">Who waits.</param>
    [Alias("queue")]
    Task<BookAnswer> Queue(Operation operation, string member);

    /// <summary>Takes a hold out of the queue.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="hold">The hold.</param>
    [Alias("leave")]
    Task<BookAnswer> Leave(Operation operation, string hold);

    /// <summary>Whether somebody waits for the book.</summary>
    [Alias("is-awaited"), AlwaysInterleave]
    ValueTask<bool> IsAwaited();

    /// <summary>Adds the book, or changes what it is and how many copies it has.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="details">What the book is.</param>
    /// <param name="copies">How many copies it has.</param>
    /// <param name="revision">The revision that must be in force, 0 for a book that must be new; null for any there is.</param>
    [Alias("put"), ResponseTimeout("00:00:30")]
    Task<BookWrite> Put(Operation operation, BookDetails details, int copies, long? revision);

    /// <summary>The book; null when there is none under this id.</summary>
    [Alias("find"), AlwaysInterleave]
    ValueTask<BookView?> Find();
}

/// <summary>A book as others see it.</summary>
/// <param name="Id">The book's id.</param>
/// <param name="Details">What it is.</param>
/// <param name="Revision">Counts the changes of the details and of the number of copies.</param>
/// <param name="Copies">The copies.</param>
/// <param name="Holds">The queue.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-view")]
public sealed record BookView(
    [property: Id(0)] string Id,
    [property: Id(1)] BookDetails Details,
    [property: Id(2)] long Revision,
    [property: Id(3)] ImmutableArray<Copy> Copies,
    [property: Id(4)] ImmutableArray<Hold> Holds)
{
    /// <summary>How many copies are on the shelf.</summary>
    public int Available => Copies.Count(copy => copy.Loan is null) - Holds.Count(hold => hold.Copy is not null);
}
