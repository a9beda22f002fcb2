using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>What the network does with the next call from a member to a book.</summary>
internal enum CallFault
{
    /// <summary>It never arrives.</summary>
    Lost,

    /// <summary>It is carried out; nobody hears of it.</summary>
    ReplyLost,

    /// <summary>It is stuck, and arrives later, after the caller has given up.</summary>
    Stuck,
}

/// <summary>All of Lending's grains without Orleans, on one thread, under fake time; calls and writes fail as told.</summary>
internal sealed class Library
{
    private readonly Queue<Func<Task>> stuck = [];

    public Library(int members, params ReadOnlySpan<int> copies)
    {
        Members = [.. Enumerable.Range(0, members).Select(number => MakeMember($"m{number}"))];
        Books = [.. copies.ToArray().Select((_, number) => MakeBook($"b{number}"))];
        for (var i = 0; i < copies.Length; i++)
        {
            Books[i].Desk.Put(Operation($"add-{i}"), Details($"Title {i}"), copies[i], 0).IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeListing Listing { get; } = new();

    public Activation<MemberState, MemberDesk>[] Members { get; }

    public Activation<BookState, BookDesk>[] Books { get; }

    /// <summary>The entries of the library's lists.</summary>
    public Dictionary<string, ListChange> Lists { get; } = [];

    public CallFault? NextCall { get; set; }

    public static BookDetails Details(string title, string? isbn = null) =>
        new() { Title = title, Authors = ["An Author"], Language = "en", Isbn = isbn };

    public Operation Operation(string id) => Gatehouse.Grains.Patterns.Operation.Now(id, Time);

    public Task<MemberAnswer> Do(int member, string operation, Errand errand) => Members[member].Desk.Do(Operation(operation), errand);

    /// <summary>Lets time pass; reminders fire.</summary>
    public void Pass(TimeSpan span)
    {
        Time.Advance(span);
        foreach (var member in Members.Where(member => member.IsDue()))
        {
            _ = member.Desk.Tick().Exception;
        }

        foreach (var book in Books.Where(book => book.IsDue()))
        {
            _ = book.Desk.Tick().Exception;
        }
    }

    /// <summary>What grains asked to be called for is called.</summary>
    public void Background()
    {
        foreach (var book in Books.Where(book => book.Woken).ToArray())
        {
            book.Woken = book.Desk.Deliver().Exception is not null && book.Woken;
        }

        foreach (var member in Members.Where(member => member.Woken).ToArray())
        {
            member.Woken = member.Desk.Deliver().Exception is not null && member.Woken;
            _ = member.Desk.Settle().Exception;
        }
    }

    /// <summary>A call that was stuck arrives.</summary>
    public void Unstick()
    {
        if (stuck.TryDequeue(out var call))
        {
            _ = call().Exception;
        }
    }

    private Activation<MemberState, MemberDesk> MakeMember(string id) => new(Time, (activation, ledger, reminder) => new MemberDesk(
        id, ledger, Book, Change, reminder, () => activation.Woken = true, () => activation.Woken = true, Time));

    private Activation<BookState, BookDesk> MakeBook(string id) => new(Time, (activation, ledger, reminder) => new BookDesk(
        id, ledger, Listing, Notify, reminder, () => activation.Woken = true, Time));

    private Task Notify(HoldNotice notice) => Members[Number(notice.Member)].Desk.Notice(notice.Id, notice.Until);

    private Task Change(ListChange change)
    {
        if (change.Overdue is null && change.Member is null)
        {
            Lists.Remove(change.Key);
        }
        else
        {
            Lists[change.Key] = change;
        }

        return Task.CompletedTask;
    }

    private Link Book(string id) => new(this, Number(id));

    private static int Number(string id) => int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The way from a member to a book.</summary>
    private sealed class Link(Library library, int number) : IBookGrain
    {
        public Task<BookAnswer> Lend(Operation operation, string member) => Send(book => book.Lend(operation, member));

        public Task<BookAnswer> TakeBack(Operation operation, string loan) => Send(book => book.TakeBack(operation, loan));

        public Task<BookAnswer> Queue(Operation operation, string member) => Send(book => book.Queue(operation, member));

        public Task<BookAnswer> Leave(Operation operation, string hold) => Send(book => book.Leave(operation, hold));

        public ValueTask<bool> IsAwaited() => new(number < library.Books.Length && library.Books[number].Desk.IsAwaited);

        public Task<BookWrite> Put(Operation operation, BookDetails details, int copies, long? revision) => throw new NotSupportedException();

        public ValueTask<BookView?> Find() => throw new NotSupportedException();

        private async Task<BookAnswer> Send(Func<BookDesk, Task<BookAnswer>> call)
        {
            if (number >= library.Books.Length)
            {
                return new BookAnswer(LendingOutcome.NoSuchBook);
            }

            var fault = library.NextCall;
            library.NextCall = null;
            if (fault == CallFault.Stuck)
            {
                library.stuck.Enqueue(() => call(library.Books[number].Desk));
            }

            var answer = fault is CallFault.Lost or CallFault.Stuck ? null : await call(library.Books[number].Desk);
            return fault is null ? answer! : throw new TimeoutException("The book did not answer.");
        }
    }
}
