namespace Gatehouse.Grains.Lending.Members;

/// <summary>What became of a member's command. Everything but <see cref="Done"/> has changed nothing.</summary>
[GenerateSerializer, Alias("gatehouse.lending.outcome")]
public enum LendingOutcome
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>There is no such book.</summary>
    NoSuchBook = 1,

    /// <summary>The member has no such loan.</summary>
    NoSuchLoan = 2,

    /// <summary>The member has no such hold.</summary>
    NoSuchHold = 3,

    /// <summary>Every copy is lent, or set aside for somebody whose turn it is.</summary>
    NoCopyFree = 4,

    /// <summary>The member has as many books as are allowed.</summary>
    TooManyLoans = 5,

    /// <summary>The member has the book already.</summary>
    AlreadyBorrowed = 6,

    /// <summary>A book of the member is overdue.</summary>
    Suspended = 7,

    /// <summary>The member owes too many points.</summary>
    PointsOwed = 8,

    /// <summary>The loan was renewed as often as is allowed.</summary>
    RenewedTooOften = 9,

    /// <summary>Somebody waits for the book.</summary>
    SomebodyWaits = 10,

    /// <summary>The member waits for the book already.</summary>
    AlreadyHeld = 11,

    /// <summary>The member has as many holds as are allowed.</summary>
    TooManyHolds = 12,

    /// <summary>As many members wait for the book as are allowed.</summary>
    QueueFull = 13,

    /// <summary>More points than are owed cannot be paid.</summary>
    MoreThanOwed = 14,

    /// <summary>The operation's id was used for another command before.</summary>
    IdReused = 15,
}
