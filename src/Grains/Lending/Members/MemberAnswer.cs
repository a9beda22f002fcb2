namespace Gatehouse.Grains.Lending.Members;

/// <summary>The answer to a member's command, the same when the command is repeated.</summary>
/// <param name="Outcome">Whether it was done, or why not.</param>
/// <param name="Loan">The loan as it was made, renewed or ended.</param>
/// <param name="Hold">The hold as it was placed or cancelled.</param>
/// <param name="Points">The points that the member owed then.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.member-answer")]
public sealed record MemberAnswer(
    [property: Id(0)] LendingOutcome Outcome,
    [property: Id(1)] Loan? Loan = null,
    [property: Id(2)] MemberHold? Hold = null,
    [property: Id(3)] int Points = 0);
