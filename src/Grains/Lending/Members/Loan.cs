namespace Gatehouse.Grains.Lending.Members;

/// <summary>A book that a member has.</summary>
/// <param name="Id">The loan's id.</param>
/// <param name="Book">The book.</param>
/// <param name="Copy">Which copy of it.</param>
/// <param name="BorrowedAt">Since when.</param>
/// <param name="Due">Until when.</param>
/// <param name="Renewals">How often it was renewed.</param>
/// <param name="Overdue">Whether it was found to be overdue, and listed as such.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.loan")]
public sealed record Loan(
    [property: Id(0)] string Id,
    [property: Id(1)] string Book,
    [property: Id(2)] int Copy,
    [property: Id(3)] DateTimeOffset BorrowedAt,
    [property: Id(4)] DateTimeOffset Due,
    [property: Id(5)] int Renewals = 0,
    [property: Id(6)] bool Overdue = false);

/// <summary>A book that a member waits for.</summary>
/// <param name="Id">The hold's id.</param>
/// <param name="Book">The book.</param>
/// <param name="PlacedAt">Since when.</param>
/// <param name="Until">Until when a copy is set aside; null while waiting.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.member-hold")]
public sealed record MemberHold(
    [property: Id(0)] string Id,
    [property: Id(1)] string Book,
    [property: Id(2)] DateTimeOffset PlacedAt,
    [property: Id(3)] DateTimeOffset? Until = null);
