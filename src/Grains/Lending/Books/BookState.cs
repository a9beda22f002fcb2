using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>What a book's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-state")]
internal sealed record BookState
{
    /// <summary>What the book is; null when there is none under this id.</summary>
    [Id(0)] public BookDetails? Details { get; init; }

    /// <summary>Counts the changes of <see cref="Details"/> and of the number of copies.</summary>
    [Id(1)] public long Revision { get; init; }

    /// <summary>The copies.</summary>
    [Id(2)] public ImmutableArray<Copy> Copies { get; init; } = [];

    /// <summary>The holds, in the order in which they were placed.</summary>
    [Id(3)] public ImmutableArray<Hold> Holds { get; init; } = [];

    /// <summary>The members' steps that were applied lately.</summary>
    [Id(4)] public AppliedOperations<BookAnswer> Applied { get; init; } = new();

    /// <summary>What members are to be told.</summary>
    [Id(5)] public Outbox<HoldNotice> Notices { get; init; } = new();

    /// <summary>The change of details that is under way.</summary>
    [Id(6)] public Saga<BookWork>? Saga { get; init; }

    /// <summary>The commands on details that were applied lately.</summary>
    [Id(7)] public AppliedOperations<BookWrite> Written { get; init; } = new();
}

/// <summary>A copy of a book: on the shelf, set aside for a hold that names it, or lent.</summary>
/// <param name="Number">Its number in the book.</param>
/// <param name="Loan">The loan it is out on; null when it is in the house.</param>
/// <param name="Member">Who has it.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.copy")]
public sealed record Copy(
    [property: Id(0)] int Number,
    [property: Id(1)] string? Loan = null,
    [property: Id(2)] string? Member = null);

/// <summary>A member's place in the queue for a book.</summary>
/// <param name="Id">The hold's id.</param>
/// <param name="Member">Who waits.</param>
/// <param name="PlacedAt">Since when.</param>
/// <param name="Copy">The copy that is set aside; null while waiting.</param>
/// <param name="Until">Until when it is.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.hold")]
public sealed record Hold(
    [property: Id(0)] string Id,
    [property: Id(1)] string Member,
    [property: Id(2)] DateTimeOffset PlacedAt,
    [property: Id(3)] int? Copy = null,
    [property: Id(4)] DateTimeOffset? Until = null);

/// <summary>What a member is to be told of a hold.</summary>
/// <param name="Id">The hold.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="Until">Until when a copy is set aside; null when the hold is over, because nobody came.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.hold-notice")]
public sealed record HoldNotice(
    [property: Id(0)] string Id,
    [property: Id(1)] string Member,
    [property: Id(2)] DateTimeOffset? Until);
