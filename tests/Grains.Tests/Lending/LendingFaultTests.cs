using CsCheck;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Tests.Patterns;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>
/// Random commands while writes fail, calls are lost or arrive late, and activations die. Clients repeat what was not
/// answered, with the same id. After each step the library's invariants hold; what was acknowledged is there, once; and
/// when the faults are over nothing is half-done.
/// </summary>
public sealed class LendingFaultTests
{
    private const int Members = 4;

    private static readonly int[] Copies = [1, 1, 2, 3, 1, 2, 1];

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (20, Gen.Select(Gen.Int[0, Members - 1], Gen.Int[0, 5], Gen.Int[0, Copies.Length]).Select((member, kind, target) => new Step(StepKind.Command, member, kind, target))),
        (3, Gen.Select(Gen.Int[0, Members - 1], Gen.Int[0, 1]).Select((member, fault) => new Step(StepKind.MemberWrite, member, fault))),
        (3, Gen.Select(Gen.Int[0, Copies.Length - 1], Gen.Int[0, 1]).Select((book, fault) => new Step(StepKind.BookWrite, book, fault))),
        (4, Gen.Int[0, 2].Select(fault => new Step(StepKind.Call, 0, fault))),
        (3, Gen.Const(new Step(StepKind.Unstick))),
        (2, Gen.Int[0, Members - 1].Select(member => new Step(StepKind.MemberCrash, member))),
        (2, Gen.Int[0, Copies.Length - 1].Select(book => new Step(StepKind.BookCrash, book))),
        (4, Gen.Const(new Step(StepKind.Background))),
        (2, Gen.Int[1, 120].Select(hours => new Step(StepKind.Pass, 0, hours))),
        (2, Gen.Int[1, 20].Select(seconds => new Step(StepKind.PassSeconds, 0, seconds))));

    private enum StepKind
    {
        Command,
        MemberWrite,
        BookWrite,
        Call,
        Unstick,
        MemberCrash,
        BookCrash,
        Background,
        Pass,
        PassSeconds,
    }

    [Fact]
    public void Rules_hold_and_no_acknowledged_command_is_lost_or_applied_twice_whatever_fails() =>
        Record.Exception(() => Steps.Array[1, 120].Sample(Run, iter: 400))?.ToString().ShouldBeNull();

    private static void Run(Step[] steps)
    {
        var library = new Library(Members, Copies);
        var clients = Enumerable.Range(0, Members).Select(member => new Client(library, member)).ToArray();
        var writes = 0;
        foreach (var step in steps)
        {
            Take(step, library, clients);
            if (writes != (writes = library.Books.Sum(book => book.Store.Writes)))
            {
                CheckBooks(library);
            }
        }

        // The weather clears: clients repeat what is open, and everybody does what is left to do.
        library.NextCall = null;
        foreach (var client in clients)
        {
            library.Members[client.Number].Store.NextWrite = null;
        }

        foreach (var book in library.Books)
        {
            book.Store.NextWrite = null;
        }

        for (var i = 0; i < 4; i++)
        {
            library.Unstick();
            foreach (var client in clients)
            {
                client.Repeat();
            }

            library.Pass(TimeSpan.FromMinutes(1));
            library.Background();
        }

        CheckBooks(library);
        foreach (var client in clients)
        {
            client.HasOpenCommand.ShouldBeFalse();
            client.CheckSettled();
        }
    }

    private static void Take(Step step, Library library, Client[] clients)
    {
        switch (step.Kind)
        {
            case StepKind.Command:
                clients[step.On].Command((ErrandKind)step.Value, step.Target);
                break;
            case StepKind.MemberWrite:
                library.Members[step.On].Store.NextWrite = (StoreFault)step.Value;
                break;
            case StepKind.BookWrite:
                library.Books[step.On].Store.NextWrite = (StoreFault)step.Value;
                break;
            case StepKind.Call:
                library.NextCall = (CallFault)step.Value;
                break;
            case StepKind.Unstick:
                library.Unstick();
                break;
            case StepKind.MemberCrash:
                library.Members[step.On].Crash();
                break;
            case StepKind.BookCrash:
                library.Books[step.On].Crash();
                break;
            case StepKind.Pass:
                library.Pass(TimeSpan.FromHours(step.Value));
                break;
            case StepKind.PassSeconds:
                library.Pass(TimeSpan.FromSeconds(step.Value));
                break;
            default:
                library.Background();
                break;
        }
    }

    private static void CheckBooks(Library library)
    {
        foreach (var book in library.Books)
        {
            var state = book.Store.Read();
            // Every copy is on the shelf, set aside for one hold, or with exactly one member.
            state.Holds.Where(hold => hold.Copy is not null).Select(hold => hold.Copy).ShouldBeUnique();
            state.Holds.Where(hold => hold.Copy is not null).ShouldAllBe(hold => state.Copies.Single(copy => copy.Number == hold.Copy).Loan == null);
            state.Copies.Where(copy => copy.Loan is not null).Select(copy => copy.Member).ShouldBeUnique();
            // The queue is fair: who came first has a copy first, and no copy stays on the shelf while anybody waits.
            state.Holds.Select(hold => hold.Copy is null).ShouldBe(state.Holds.Select(hold => hold.Copy is null).Order());
            (BookRules.IsAwaited(state) && state.Copies.Any(copy => BookRules.IsOnShelf(state, copy))).ShouldBeFalse();
            state.Holds.Select(hold => hold.Member).ShouldBeUnique();
        }

        foreach (var member in library.Members)
        {
            var state = member.Store.Read();
            var taken = library.Books.Sum(book => book.Store.Read().Copies.Count(copy => copy.Member == $"m{Array.IndexOf(library.Members, member)}"));
            taken.ShouldBeLessThanOrEqualTo(LendingRules.MaxLoans);
            state.Points.ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    private sealed record Step(StepKind Kind, int On = 0, int Value = 0, int Target = 0);

    /// <summary>One member's client: one command at a time, repeated with its id until it is answered.</summary>
    private sealed class Client(Library library, int number)
    {
        private readonly Dictionary<string, Loan> loans = [];
        private readonly HashSet<string> loansEver = [];
        private readonly HashSet<string> holds = [];
        private (string Operation, Errand Errand, DateTimeOffset Since)? open;
        private int commands;
        private int points;

        public int Number => number;

        public bool HasOpenCommand => open is not null;

        public void Command(ErrandKind kind, int target)
        {
            if (open is null)
            {
                var errand = kind switch
                {
                    ErrandKind.Return or ErrandKind.Renew => new Errand(kind, loans.Keys.Order(StringComparer.Ordinal).Skip(target % 3).FirstOrDefault() ?? $"999.m{number}"),
                    ErrandKind.CancelHold => new Errand(kind, holds.Order(StringComparer.Ordinal).FirstOrDefault() ?? $"999.m{number}"),
                    ErrandKind.Pay => new Errand(kind, "", (target % 3) + 1),
                    _ => new Errand(kind, $"b{target}"),
                };
                open = ($"op{commands++}", errand, library.Time.GetUtcNow());
            }

            Repeat();
        }

        public void Repeat()
        {
            if (open is not { } command)
            {
                return;
            }

            var sent = library.Do(number, command.Operation, command.Errand);
            sent.IsCompleted.ShouldBeTrue();
            if (sent.IsFaulted)
            {
                _ = sent.Exception;
                return;
            }

            open = null;
            Acknowledged(command.Errand, command.Since, sent.Result);
            Repeated(command.Operation, command.Errand, sent.Result);
        }

        /// <summary>Everything that was acknowledged is there, at the member and at the books, and nothing else is.</summary>
        public void CheckSettled()
        {
            var view = library.Members[number].Desk.Find();
            view.IsCompletedSuccessfully.ShouldBeTrue();
            library.Members[number].Store.Read().Saga.ShouldBeNull();
            view.Result.Loans.Select(loan => loan.Id).ShouldBe(loans.Keys, ignoreOrder: true);
            view.Result.Points.ShouldBe(points);
            AtBooks(state => state.Copies.Where(copy => copy.Member == $"m{number}").Select(copy => copy.Loan!)).ShouldBe(loans.Keys, ignoreOrder: true);
            // Holds end by themselves too, so there may be fewer than were acknowledged; both sides know the same ones.
            AtBooks(state => state.Holds.Where(hold => hold.Member == $"m{number}").Select(hold => $"{hold.Id} {hold.Until:O}"))
                .ShouldBe(view.Result.Holds.Select(hold => $"{hold.Id} {hold.Until:O}"), ignoreOrder: true);
            view.Result.Holds.Select(hold => hold.Id).ShouldBeSubsetOf(holds);
            var listed = library.Lists.Where(entry => entry.Value.Overdue?.Member == $"m{number}").Select(entry => entry.Value.Overdue!.Loan.Id);
            listed.ShouldBe(view.Result.Loans.Where(loan => loan.Overdue).Select(loan => loan.Id), ignoreOrder: true);
        }

        private IEnumerable<string> AtBooks(Func<BookState, IEnumerable<string>> find) => library.Books.SelectMany(book => find(book.Store.Read()));

        private void Acknowledged(Errand errand, DateTimeOffset since, MemberAnswer answer)
        {
            if (answer.Outcome != LendingOutcome.Done)
            {
                if (errand.Kind == ErrandKind.CancelHold && answer.Outcome == LendingOutcome.NoSuchHold)
                {
                    holds.Remove(errand.Target);
                }

                CheckRefusal(errand, answer.Outcome);
                return;
            }

            switch (errand.Kind)
            {
                case ErrandKind.Borrow:
                    loansEver.Add(answer.Loan!.Id).ShouldBeTrue();
                    loans.Add(answer.Loan.Id, answer.Loan);
                    loans.Count.ShouldBeLessThanOrEqualTo(LendingRules.MaxLoans);
                    break;
                case ErrandKind.Return:
                    loans.Remove(errand.Target, out var returned).ShouldBeTrue();
                    var least = LendingRules.PointsFor(returned.Due, since);
                    var most = LendingRules.PointsFor(returned.Due, library.Time.GetUtcNow());
                    answer.Points.ShouldBeInRange(points + least, points + most);
                    points = answer.Points;
                    break;
                case ErrandKind.Renew:
                    answer.Loan!.Renewals.ShouldBe(loans[errand.Target].Renewals + 1);
                    loans[errand.Target] = answer.Loan;
                    break;
                case ErrandKind.PlaceHold:
                    holds.Add(answer.Hold!.Id).ShouldBeTrue();
                    break;
                case ErrandKind.CancelHold:
                    holds.Remove(errand.Target).ShouldBeTrue();
                    break;
                default:
                    points -= errand.Points;
                    answer.Points.ShouldBe(points);
                    break;
            }
        }

        private void Repeated(string operation, Errand errand, MemberAnswer answer)
        {
            // A refusal has changed nothing, and is not remembered.
            if (answer.Outcome == LendingOutcome.Done)
            {
                var again = library.Do(number, operation, errand);
                if (again.IsCompletedSuccessfully)
                {
                    again.Result.ShouldBe(answer);
                }

                _ = again.Exception;
            }
        }

        private void CheckRefusal(Errand errand, LendingOutcome why)
        {
            switch (why)
            {
                case LendingOutcome.NoCopyFree:
                    var book = library.Books[errand.Target[1] - '0'].Store.Read();
                    book.Copies.Any(copy => BookRules.IsOnShelf(book, copy)).ShouldBeFalse();
                    break;
                case LendingOutcome.TooManyLoans:
                    loans.Count.ShouldBe(LendingRules.MaxLoans);
                    break;
                case LendingOutcome.AlreadyBorrowed:
                    loans.Values.ShouldContain(loan => loan.Book == errand.Target);
                    break;
                case LendingOutcome.Suspended:
                    loans.Values.ShouldContain(loan => loan.Due < library.Time.GetUtcNow());
                    break;
                case LendingOutcome.NoSuchLoan:
                    loans.ShouldNotContainKey(errand.Target);
                    break;
                case LendingOutcome.NoSuchBook:
                    errand.Target.ShouldBe($"b{Copies.Length}");
                    break;
                case LendingOutcome.MoreThanOwed:
                    errand.Points.ShouldBeGreaterThan(points);
                    break;
                default:
                    why.ShouldBeOneOf(
                        LendingOutcome.PointsOwed, LendingOutcome.RenewedTooOften, LendingOutcome.SomebodyWaits,
                        LendingOutcome.AlreadyHeld, LendingOutcome.NoSuchHold);
                    break;
            }
        }
    }
}
