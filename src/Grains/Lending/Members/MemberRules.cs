using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Members;

/// <summary>What a member may do, and what comes of it. Each rule gives the next state.</summary>
internal static class MemberRules
{
    /// <summary>
    /// How many commands of a member are remembered for repetition; with five books and ten holds at most, that is days.
    /// </summary>
    public const int Remembered = 32;

    /// <summary>Why the member may not do it; null when nothing of the member's own is against it.</summary>
    public static LendingOutcome? Refuse(MemberState state, Errand errand, DateTimeOffset now) => errand.Kind switch
    {
        ErrandKind.Borrow when IsSuspended(state, now) => LendingOutcome.Suspended,
        ErrandKind.Borrow when state.Points >= LendingRules.BlockingPoints => LendingOutcome.PointsOwed,
        ErrandKind.Borrow when state.Loans.Length >= LendingRules.MaxLoans => LendingOutcome.TooManyLoans,
        ErrandKind.Borrow when Has(state, errand.Target) => LendingOutcome.AlreadyBorrowed,
        ErrandKind.Return when FindLoan(state, errand.Target) is null => LendingOutcome.NoSuchLoan,
        ErrandKind.Renew when FindLoan(state, errand.Target) is null => LendingOutcome.NoSuchLoan,
        ErrandKind.Renew when IsSuspended(state, now) => LendingOutcome.Suspended,
        ErrandKind.Renew when FindLoan(state, errand.Target)!.Renewals >= LendingRules.MaxRenewals => LendingOutcome.RenewedTooOften,
        ErrandKind.PlaceHold when IsSuspended(state, now) => LendingOutcome.Suspended,
        ErrandKind.PlaceHold when state.Points >= LendingRules.BlockingPoints => LendingOutcome.PointsOwed,
        ErrandKind.PlaceHold when state.Holds.Length >= LendingRules.MaxHolds => LendingOutcome.TooManyHolds,
        ErrandKind.PlaceHold when Has(state, errand.Target) => LendingOutcome.AlreadyBorrowed,
        ErrandKind.PlaceHold when state.Holds.Any(hold => hold.Book == errand.Target) => LendingOutcome.AlreadyHeld,
        ErrandKind.CancelHold when FindHold(state, errand.Target) is null => LendingOutcome.NoSuchHold,
        ErrandKind.Pay when errand.Points > state.Points => LendingOutcome.MoreThanOwed,
        _ => null,
    };

    /// <summary>Begins an errand that a book has to be asked about.</summary>
    public static MemberState Begin(MemberState state, string member, string operation, Errand errand, DateTimeOffset now)
    {
        var number = state.Errands + 1;
        var id = ErrandId.Of(member, number);
        var book = errand.Kind switch
        {
            ErrandKind.Return => FindLoan(state, errand.Target)!.Book,
            ErrandKind.CancelHold => FindHold(state, errand.Target)!.Book,
            _ => errand.Target,
        };
        return state with
        {
            Errands = number,
            Saga = new Saga<ErrandWork>(id, new ErrandWork(operation, errand, id, book, now)),
        };
    }

    /// <summary>Ends an errand that the book has done its part of.</summary>
    public static (MemberState Next, MemberAnswer Answer) Complete(MemberState state, ErrandWork work, DateTimeOffset now)
    {
        var (next, answer) = Apply(state with { Saga = null }, work);
        return (Remember(next, Operation(work.Operation, now), work.Errand, answer, now), answer);
    }

    /// <summary>Renews a loan that nobody waits for.</summary>
    public static (MemberState Next, MemberAnswer Answer) Renew(MemberState state, Operation operation, Errand errand, DateTimeOffset now)
    {
        var loan = FindLoan(state, errand.Target)!;
        var renewed = loan with { Due = now + LendingRules.LoanPeriod, Renewals = loan.Renewals + 1 };
        var answer = new MemberAnswer(LendingOutcome.Done, renewed, Points: state.Points);
        return (Remember(state with { Loans = state.Loans.Replace(loan, renewed) }, operation, errand, answer, now), answer);
    }

    /// <summary>Pays points.</summary>
    public static (MemberState Next, MemberAnswer Answer) Pay(MemberState state, Operation operation, Errand errand, DateTimeOffset now)
    {
        var answer = new MemberAnswer(LendingOutcome.Done, Points: state.Points - errand.Points);
        return (Remember(state with { Points = answer.Points }, operation, errand, answer, now), answer);
    }

    /// <summary>Takes notice of what became of a hold; of one that is over for the member already, nothing changes.</summary>
    public static MemberState Note(MemberState state, string hold, DateTimeOffset? until)
    {
        if (FindHold(state, hold) is not { } known)
        {
            return state;
        }

        return state with
        {
            Holds = until is null ? state.Holds.Remove(known) : state.Holds.Replace(known, known with { Until = until }),
        };
    }

    /// <summary>Lists the loans that have become overdue.</summary>
    public static MemberState MarkOverdue(MemberState state, string member, DateTimeOffset now)
    {
        foreach (var loan in state.Loans.Where(loan => !loan.Overdue && loan.Due < now))
        {
            var overdue = loan with { Overdue = true };
            state = state with
            {
                Loans = state.Loans.Replace(loan, overdue),
                Changes = state.Changes.Add(new ListChange(KeyOf(overdue), new OverdueLoan(member, overdue), null)),
            };
        }

        return state;
    }

    /// <summary>Whether a book of the member is overdue, listed or not yet.</summary>
    public static bool IsSuspended(MemberState state, DateTimeOffset now) => state.Loans.Any(loan => loan.Due < now);

    /// <summary>When the next loan becomes overdue.</summary>
    public static DateTimeOffset? NextDue(MemberState state) =>
        state.Loans.Where(loan => !loan.Overdue).Min(loan => (DateTimeOffset?)loan.Due);

    private static (MemberState Next, MemberAnswer Answer) Apply(MemberState state, ErrandWork work)
    {
        switch (work.Errand.Kind)
        {
            case ErrandKind.Borrow:
                var made = new Loan(work.Id, work.Book, work.Answer!.Copy!.Value, work.At, work.At + LendingRules.LoanPeriod);
                // The book lends to who waits for it by fulfilling the hold, also when its first answer was lost.
                return (
                    state with { Loans = state.Loans.Add(made), Holds = state.Holds.RemoveAll(hold => hold.Book == work.Book) },
                    new MemberAnswer(LendingOutcome.Done, made, Points: state.Points));
            case ErrandKind.Return:
                var ended = FindLoan(state, work.Errand.Target)!;
                var points = state.Points + LendingRules.PointsFor(ended.Due, work.At);
                return (
                    state with
                    {
                        Loans = state.Loans.Remove(ended),
                        Points = points,
                        Changes = ended.Overdue ? state.Changes.Add(new ListChange(KeyOf(ended), null, null)) : state.Changes,
                    },
                    new MemberAnswer(LendingOutcome.Done, ended, Points: points));
            case ErrandKind.PlaceHold:
                var placed = new MemberHold(work.Id, work.Book, work.At, work.Answer!.Until);
                return (
                    state with { Holds = state.Holds.Add(placed) },
                    new MemberAnswer(LendingOutcome.Done, Hold: placed, Points: state.Points));
            case ErrandKind.CancelHold:
                var cancelled = FindHold(state, work.Errand.Target);
                return (
                    state with { Holds = state.Holds.RemoveAll(hold => hold.Id == work.Errand.Target) },
                    new MemberAnswer(LendingOutcome.Done, Hold: cancelled, Points: state.Points));
            default:
                throw new InvalidOperationException($"{work.Errand.Kind} asks no book.");
        }
    }

    private static MemberState Remember(MemberState state, Operation operation, Errand errand, MemberAnswer answer, DateTimeOffset now) =>
        state with { Applied = state.Applied.Add(operation, new AppliedErrand(errand.Fingerprint, answer), now, Remembered) };

    private static Operation Operation(string id, DateTimeOffset now) => new(id, now + Patterns.Operation.Validity);

    private static string KeyOf(Loan loan) => string.Create(CultureInfo.InvariantCulture, $"{loan.Due.UtcDateTime:yyyy-MM-ddTHH:mm:ss}/{loan.Id}");

    private static bool Has(MemberState state, string book) => state.Loans.Any(loan => loan.Book == book);

    private static Loan? FindLoan(MemberState state, string id) => state.Loans.FirstOrDefault(loan => loan.Id == id);

    private static MemberHold? FindHold(MemberState state, string id) => state.Holds.FirstOrDefault(hold => hold.Id == id);
}
