using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>A library as one would explain it: who has what, who waits in which order, who owes how much.</summary>
internal sealed class LibraryModel(int members, int[] copies, FakeTimeProvider time)
{
    private sealed record Lent(int Member, DateTimeOffset Due, int Renewals, string Id);

    private sealed record Waiting(int Member, DateTimeOffset? Until, string Id);

    private readonly List<Lent>[] lent = [.. copies.Select(_ => new List<Lent>())];
    private readonly List<Waiting>[] queues = [.. copies.Select(_ => new List<Waiting>())];
    private readonly int[] points = new int[members];

    /// <summary>The errand of a step: commands on loans and holds name one the member has, where there is one.</summary>
    public Errand Make(int member, ErrandKind kind, int target) => kind switch
    {
        ErrandKind.Return or ErrandKind.Renew => new Errand(kind, Loans(member).Skip(target % 3).FirstOrDefault()?.Id ?? $"99.m{member}"),
        ErrandKind.CancelHold => new Errand(kind, Holds(member).FirstOrDefault()?.Id ?? $"99.m{member}"),
        ErrandKind.Pay => new Errand(kind, "", target + 1),
        _ => new Errand(kind, $"b{target}"),
    };

    public LendingOutcome Do(int member, Errand errand)
    {
        var now = time.GetUtcNow();
        var overdue = Loans(member).Any(loan => loan.Due < now);
        switch (errand.Kind)
        {
            case ErrandKind.Borrow:
                return First(
                    (overdue, LendingOutcome.Suspended),
                    (points[member] >= 20, LendingOutcome.PointsOwed),
                    (Loans(member).Count() == 5, LendingOutcome.TooManyLoans),
                    (Has(member, errand.Target), LendingOutcome.AlreadyBorrowed),
                    (Book(errand.Target) >= copies.Length, LendingOutcome.NoSuchBook)) is { } no ? no : Borrow(member, Book(errand.Target));
            case ErrandKind.Return:
                if (Loans(member).FirstOrDefault(loan => loan.Id == errand.Target) is not { } returned)
                {
                    return LendingOutcome.NoSuchLoan;
                }

                var book = Array.FindIndex(lent, loans => loans.Remove(returned));
                points[member] += returned.Due < now ? (int)Math.Ceiling((now - returned.Due).TotalDays) : 0;
                Allot(book);
                return LendingOutcome.Done;
            case ErrandKind.Renew:
                var renewed = Loans(member).FirstOrDefault(loan => loan.Id == errand.Target);
                var of = Array.FindIndex(lent, loans => renewed is not null && loans.Contains(renewed));
                if (First(
                    (renewed is null, LendingOutcome.NoSuchLoan),
                    (overdue, LendingOutcome.Suspended),
                    (renewed?.Renewals == 2, LendingOutcome.RenewedTooOften),
                    (of >= 0 && queues[of].Exists(hold => hold.Until is null), LendingOutcome.SomebodyWaits)) is { } cannot)
                {
                    return cannot;
                }

                lent[of][lent[of].IndexOf(renewed!)] = renewed! with { Due = now.AddDays(14), Renewals = renewed.Renewals + 1 };
                return LendingOutcome.Done;
            case ErrandKind.PlaceHold:
                return First(
                    (overdue, LendingOutcome.Suspended),
                    (points[member] >= 20, LendingOutcome.PointsOwed),
                    (Holds(member).Count() == 10, LendingOutcome.TooManyHolds),
                    (Has(member, errand.Target), LendingOutcome.AlreadyBorrowed),
                    (Book(errand.Target) >= copies.Length, LendingOutcome.NoSuchBook)) is { } refused ? refused : Hold(member, Book(errand.Target));
            case ErrandKind.CancelHold:
                var queue = Array.FindIndex(queues, holds => holds.RemoveAll(hold => hold.Id == errand.Target) > 0);
                if (queue < 0)
                {
                    return LendingOutcome.NoSuchHold;
                }

                Allot(queue);
                return LendingOutcome.Done;
            default:
                if (errand.Points > points[member])
                {
                    return LendingOutcome.MoreThanOwed;
                }

                points[member] -= errand.Points;
                return LendingOutcome.Done;
        }
    }

    /// <summary>Takes over the id that the library gave to what was just made.</summary>
    public void Named(int member, Errand errand, MemberAnswer answer)
    {
        if (errand.Kind == ErrandKind.Borrow)
        {
            var loans = lent[Book(errand.Target)];
            var at = loans.FindIndex(loan => loan.Member == member);
            loans[at] = loans[at] with { Id = answer.Loan!.Id };
        }
        else if (errand.Kind == ErrandKind.PlaceHold)
        {
            var holds = queues[Book(errand.Target)];
            var at = holds.FindIndex(hold => hold.Member == member);
            holds[at] = holds[at] with { Id = answer.Hold!.Id };
        }
    }

    /// <summary>Who did not come in three days has lost the turn; the next one's three days begin when that is noticed.</summary>
    public void Expire()
    {
        for (var book = 0; book < queues.Length; book++)
        {
            if (queues[book].RemoveAll(hold => hold.Until <= time.GetUtcNow()) > 0)
            {
                Allot(book);
            }
        }
    }

    public void ShouldMatch(Library library)
    {
        for (var member = 0; member < members; member++)
        {
            var view = library.Members[member].Desk.Find().Result;
            view.Loans.Select(loan => (loan.Id, loan.Due, loan.Renewals)).ShouldBe(Loans(member).Select(loan => (loan.Id, loan.Due, loan.Renewals)), ignoreOrder: true);
            view.Holds.Select(hold => (hold.Id, hold.Until)).ShouldBe(Holds(member).Select(hold => (hold.Id, hold.Until)), ignoreOrder: true);
            view.Points.ShouldBe(points[member]);
        }

        for (var book = 0; book < copies.Length; book++)
        {
            var view = library.Books[book].Desk.View!;
            view.Copies.Where(copy => copy.Loan is not null).Select(copy => copy.Loan).ShouldBe(lent[book].Select(loan => loan.Id), ignoreOrder: true);
            view.Holds.Select(hold => (hold.Id, hold.Until)).ShouldBe(queues[book].Select(hold => (hold.Id, hold.Until)));
            view.Available.ShouldBe(copies[book] - lent[book].Count - queues[book].Count(hold => hold.Until is not null));
        }
    }

    private IEnumerable<Lent> Loans(int member) => lent.SelectMany(loans => loans).Where(loan => loan.Member == member);

    private IEnumerable<Waiting> Holds(int member) => queues.SelectMany(holds => holds).Where(hold => hold.Member == member);

    private bool Has(int member, string book) => Book(book) < copies.Length && lent[Book(book)].Exists(loan => loan.Member == member);

    private LendingOutcome Borrow(int member, int book)
    {
        var hold = queues[book].Find(hold => hold.Member == member && hold.Until is not null);
        if (hold is null && lent[book].Count + queues[book].Count(other => other.Until is not null) >= copies[book])
        {
            return LendingOutcome.NoCopyFree;
        }

        queues[book].Remove(hold!);
        lent[book].Add(new Lent(member, time.GetUtcNow().AddDays(14), 0, ""));
        return LendingOutcome.Done;
    }

    private LendingOutcome Hold(int member, int book)
    {
        if (queues[book].Exists(hold => hold.Member == member))
        {
            return LendingOutcome.AlreadyHeld;
        }

        queues[book].Add(new Waiting(member, null, ""));
        Allot(book);
        return LendingOutcome.Done;
    }

    private void Allot(int book)
    {
        while (lent[book].Count + queues[book].Count(hold => hold.Until is not null) < copies[book]
            && queues[book].FindIndex(hold => hold.Until is null) is >= 0 and var first)
        {
            queues[book][first] = queues[book][first] with { Until = time.GetUtcNow().AddDays(3) };
        }
    }

    private static int Book(string id) => int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static LendingOutcome? First(params ReadOnlySpan<(bool Holds, LendingOutcome Outcome)> reasons)
    {
        foreach (var (holds, outcome) in reasons)
        {
            if (holds)
            {
                return outcome;
            }
        }

        return null;
    }
}
