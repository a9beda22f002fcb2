using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Members;

/// <summary>What a member's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.member-state")]
internal sealed record MemberState
{
    /// <summary>What the member is called; empty when nobody has said.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>Counts the changes of <see cref="Name"/>.</summary>
    [Id(1)] public long Revision { get; init; }

    /// <summary>The number of the last errand.</summary>
    [Id(2)] public long Errands { get; init; }

    /// <summary>The books that the member has.</summary>
    [Id(3)] public ImmutableArray<Loan> Loans { get; init; } = [];

    /// <summary>The books that the member waits for.</summary>
    [Id(4)] public ImmutableArray<MemberHold> Holds { get; init; } = [];

    /// <summary>The penalty points that the member owes.</summary>
    [Id(5)] public int Points { get; init; }

    /// <summary>The commands that were applied lately.</summary>
    [Id(6)] public AppliedOperations<AppliedErrand> Applied { get; init; } = new();

    /// <summary>The errand that is under way. It takes up the place of the loan or hold that it is about.</summary>
    [Id(7)] public Saga<ErrandWork>? Saga { get; init; }

    /// <summary>What the lists of the library are to be told.</summary>
    [Id(8)] public Outbox<ListChange> Changes { get; init; } = new();
}

/// <summary>A command that was applied.</summary>
/// <param name="Fingerprint">Which it was.</param>
/// <param name="Answer">What it was answered.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.applied-errand")]
internal sealed record AppliedErrand([property: Id(0)] string Fingerprint, [property: Id(1)] MemberAnswer Answer);

/// <summary>What changes in a list of the library. One of the entries is set, or none, when something is taken out.</summary>
/// <param name="Key">The entry's key; an overdue loan's begins with its due date.</param>
/// <param name="Overdue">An overdue loan.</param>
/// <param name="Member">A member.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.list-change")]
internal sealed record ListChange(
    [property: Id(0)] string Key,
    [property: Id(1)] OverdueLoan? Overdue,
    [property: Id(2)] MemberEntry? Member);

/// <summary>A loan in the list of those that are overdue.</summary>
/// <param name="Member">Who has the book.</param>
/// <param name="Loan">The loan.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.overdue-loan")]
public sealed record OverdueLoan([property: Id(0)] string Member, [property: Id(1)] Loan Loan);

/// <summary>A member in the list of members.</summary>
/// <param name="Id">The member's id.</param>
/// <param name="Name">What the member is called.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.member-entry")]
public sealed record MemberEntry([property: Id(0)] string Id, [property: Id(1)] string Name);
