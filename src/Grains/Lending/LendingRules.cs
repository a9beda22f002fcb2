namespace Gatehouse.Grains.Lending;

/// <summary>The numbers that the library's rules speak of.</summary>
public static class LendingRules
{
    /// <summary>How many books a member may have at a time.</summary>
    public const int MaxLoans = 5;

    /// <summary>How many holds a member may have at a time.</summary>
    public const int MaxHolds = 10;

    /// <summary>How often a loan may be renewed.</summary>
    public const int MaxRenewals = 2;

    /// <summary>Penalty points for each day, begun, that a book comes back late.</summary>
    public const int PointsPerDay = 1;

    /// <summary>From how many unpaid points on a member may not borrow.</summary>
    public const int BlockingPoints = 20;

    /// <summary>How many copies a book may have.</summary>
    public const int MaxCopies = 100;

    /// <summary>How many members may wait for a book.</summary>
    public const int MaxQueue = 200;

    /// <summary>For how long a book is lent, and by how much a renewal makes it longer from then on.</summary>
    public static readonly TimeSpan LoanPeriod = TimeSpan.FromDays(14);

    /// <summary>How long a copy waits for the member whose turn it is; then the hold is stale, and cancelled.</summary>
    public static readonly TimeSpan PickUpPeriod = TimeSpan.FromDays(3);

    /// <summary>The penalty for a loan that is brought back at a time.</summary>
    public static int PointsFor(DateTimeOffset due, DateTimeOffset returned) =>
        returned <= due ? 0 : (int)Math.Min(1000, Math.Ceiling((returned - due).TotalDays)) * PointsPerDay;
}
