namespace Gatehouse.Bench.Lending;

/// <summary>The same numbers as Lending's.</summary>
internal static class Rules
{
    public const int MaxLoans = 5;
    public const int MaxHolds = 10;
    public const int MaxQueue = 200;
    public const int MaxRenewals = 2;
    public const int BlockingPoints = 20;

    public static readonly TimeSpan LoanPeriod = TimeSpan.FromDays(14);
    public static readonly TimeSpan PickUpPeriod = TimeSpan.FromDays(3);
    public static readonly TimeSpan KeysRemembered = TimeSpan.FromDays(1);

    public static int PointsFor(DateTime due, DateTime now) => now <= due ? 0 : (int)Math.Min(1000, Math.Ceiling((now - due).TotalDays));
}
