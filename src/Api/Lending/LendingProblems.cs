using System.Collections.Immutable;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary>What Lending refuses, and why.</summary>
internal static class LendingProblems
{
    public static readonly Problem Unauthenticated = new Problem(
        StatusCodes.Status401Unauthorized, "unauthorized", "Credentials are required", "Send an access token of a member or a librarian.")
    {
        Headers = ImmutableDictionary<string, string>.Empty.Add("WWW-Authenticate", "Bearer"),
    };

    public static readonly Problem LibrariansOnly = new(
        StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Only librarians may do this.");

    public static readonly Problem OwnOnly = new(
        StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Members see and change only what is their own.");

    public static readonly Problem NoRole = new(
        StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "The token has neither the role 'member' nor 'librarian'.");

    public static readonly Problem PreconditionFailed = new(
        StatusCodes.Status412PreconditionFailed,
        "precondition-failed",
        "The precondition does not hold",
        "It was changed meanwhile. Read it again, and send the request with its ETag.");

    public static Problem NoBook(string id) => NotFound("unknown-book", "book", id);

    public static Problem NoMember(string id) => NotFound("unknown-member", "member", id);

    public static Problem IsbnTaken(string? other) => new Problem(
        StatusCodes.Status409Conflict, "isbn-taken", "Another book has the ISBN", other is null ? null : $"It is that of book '{other}'.")
    {
        Errors = new Dictionary<string, string[]> { ["isbn"] = ["is another book's"] },
    };

    /// <summary>Why a member's command was refused; null when it was not.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="target">The book, loan or hold that it was about.</param>
    public static Problem? Of(LendingOutcome outcome, string target) => outcome switch
    {
        LendingOutcome.Done => null,
        LendingOutcome.NoSuchBook => NoBook(target),
        LendingOutcome.NoSuchLoan => NotFound("unknown-loan", "loan", target),
        LendingOutcome.NoSuchHold => NotFound("unknown-hold", "hold", target),
        LendingOutcome.NoCopyFree => Problem.Conflict("no-copy-free", "No copy is free", "book", "has no copy on the shelf; a hold takes a place in the queue"),
        LendingOutcome.TooManyLoans => Problem.Conflict("too-many-loans", "The member has too many books", "member", $"has {LendingRules.MaxLoans} books, as many as are allowed"),
        LendingOutcome.AlreadyBorrowed => Problem.Conflict("already-borrowed", "The member has the book", "book", "is with the member already"),
        LendingOutcome.Suspended => Problem.Conflict("suspended", "The member is suspended", "member", "has a book that is overdue"),
        LendingOutcome.PointsOwed => Problem.Conflict("points-owed", "The member owes points", "member", $"owes {LendingRules.BlockingPoints} points or more"),
        LendingOutcome.RenewedTooOften => Problem.Conflict("renewed-too-often", "The loan cannot be renewed", "loan", $"was renewed {LendingRules.MaxRenewals} times, as often as is allowed"),
        LendingOutcome.SomebodyWaits => Problem.Conflict("somebody-waits", "The loan cannot be renewed", "loan", "is of a book that somebody waits for"),
        LendingOutcome.AlreadyHeld => Problem.Conflict("already-held", "The member waits for the book", "book", "has a hold of the member already"),
        LendingOutcome.TooManyHolds => Problem.Conflict("too-many-holds", "The member has too many holds", "member", $"has {LendingRules.MaxHolds} holds, as many as are allowed"),
        LendingOutcome.QueueFull => Problem.Conflict("queue-full", "Too many wait for the book", "book", $"has {LendingRules.MaxQueue} holds, as many as are allowed"),
        LendingOutcome.MoreThanOwed => Problem.Conflict("more-than-owed", "More is paid than is owed", "points", "are more than the member owes"),
        LendingOutcome.IdReused => IdempotencyKey.Reused,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static Problem NotFound(string code, string what, string id) => new(
        StatusCodes.Status404NotFound, code, $"There is no such {what}", $"There is no {what} '{(id.Length <= 100 ? id : id[..100])}'.")
    {
        Errors = new Dictionary<string, string[]> { [what] = ["is not known"] },
    };
}
