using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Members;

/// <summary>
/// A member of the library: loans, holds, points. All of a member's commands go through this grain, one at a time; it sees
/// them through with the books they are about. The key is the member's id.
/// </summary>
[Alias("gatehouse.lending.member")]
public interface IMemberGrain : IGrainWithStringKey
{
    /// <summary>Does an errand. A repetition, known by the operation's id, is answered as the first time.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="errand">What is to be done.</param>
    [Alias("do")]
    Task<MemberAnswer> Do(Operation operation, Errand errand);

    /// <summary>Says what the member is called. Gives the new revision, or null when the condition does not hold.</summary>
    /// <param name="name">The name.</param>
    /// <param name="revision">The revision that must be in force; null for any.</param>
    [Alias("rename")]
    Task<long?> Rename(string name, long? revision);

    /// <summary>The member, with what is under way completed.</summary>
    [Alias("find")]
    Task<MemberView> Find();

    /// <summary>Told by a book that a copy is set aside for a hold, or that the hold is over. Idempotent.</summary>
    /// <param name="hold">The hold.</param>
    /// <param name="until">Until when a copy is set aside; null when the hold is over.</param>
    [Alias("notice")]
    Task Notice(string hold, DateTimeOffset? until);
}

/// <summary>A member as others see it.</summary>
/// <param name="Id">The member's id.</param>
/// <param name="Name">What the member is called; empty when nobody has said.</param>
/// <param name="Revision">Counts the changes of the name.</param>
/// <param name="Loans">The books that the member has.</param>
/// <param name="Holds">The books that the member waits for.</param>
/// <param name="Points">The penalty points that the member owes.</param>
/// <param name="Suspended">Whether a book of the member is overdue.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.member-view")]
public sealed record MemberView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] long Revision,
    [property: Id(3)] ImmutableArray<Loan> Loans,
    [property: Id(4)] ImmutableArray<MemberHold> Holds,
    [property: Id(5)] int Points,
    [property: Id(6)] bool Suspended);
