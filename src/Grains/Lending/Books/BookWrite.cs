namespace Gatehouse.Grains.Lending.Books;

/// <summary>The answer to a change of a book's details, the same when the command is repeated.</summary>
/// <param name="Outcome">What was done, or why nothing.</param>
/// <param name="Revision">The book's revision now.</param>
/// <param name="Other">The book that has the ISBN.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-write")]
public sealed record BookWrite(
    [property: Id(0)] BookOutcome Outcome,
    [property: Id(1)] long Revision = 0,
    [property: Id(2)] string? Other = null);

/// <summary>What became of a change of a book's details.</summary>
[GenerateSerializer, Alias("gatehouse.lending.book-outcome")]
public enum BookOutcome
{
    /// <summary>A new book.</summary>
    Added = 0,

    /// <summary>The book is another now.</summary>
    Changed = 1,

    /// <summary>It was like that already.</summary>
    Unchanged = 2,

    /// <summary>There is no such book.</summary>
    NotFound = 3,

    /// <summary>The book is not at the revision named.</summary>
    PreconditionFailed = 4,

    /// <summary>Another book has the ISBN.</summary>
    IsbnTaken = 5,

    /// <summary>The catalogue takes no more books.</summary>
    CatalogueFull = 6,

    /// <summary>More copies than that are lent or set aside.</summary>
    CopiesInUse = 7,
}

/// <summary>A change of details that is under way: the work of its saga.</summary>
/// <param name="Operation">The operation's id.</param>
/// <param name="Details">What the book is to be.</param>
/// <param name="Copies">How many copies it is to have.</param>
/// <param name="Refusal">Why it is refused.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-work")]
internal sealed record BookWork(
    [property: Id(0)] string Operation,
    [property: Id(1)] BookDetails Details,
    [property: Id(2)] int Copies,
    [property: Id(3)] BookWrite? Refusal = null);
