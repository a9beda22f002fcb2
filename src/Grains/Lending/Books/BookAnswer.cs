using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>What a book answers to a step of a member's errand.</summary>
/// <param name="Outcome">Whether it was done, or why not.</param>
/// <param name="Copy">The copy that was lent.</param>
/// <param name="Hold">The hold that was fulfilled by lending, or that was placed.</param>
/// <param name="Until">Until when a copy is set aside for the hold that was placed; null when the member waits.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.book-answer")]
public sealed record BookAnswer(
    [property: Id(0)] LendingOutcome Outcome,
    [property: Id(1)] int? Copy = null,
    [property: Id(2)] string? Hold = null,
    [property: Id(3)] DateTimeOffset? Until = null);
