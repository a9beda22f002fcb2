using System.Collections.Immutable;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>
/// Who gets a copy. Each rule gives the next state, or the same when it changes nothing. While anybody waits no copy is on
/// the shelf: one that becomes free is set aside for the first in the queue at once.
/// </summary>
internal static class BookRules
{
    /// <summary>Lends a copy to a member: the one set aside for them, or one from the shelf.</summary>
    public static (BookState Next, BookAnswer Answer) Lend(BookState state, string loan, string member)
    {
        if (state.Copies.FirstOrDefault(copy => copy.Loan == loan) is { } lent)
        {
            return (state, new BookAnswer(LendingOutcome.Done, lent.Number));
        }

        if (state.Details is null)
        {
            return Refuse(state, LendingOutcome.NoSuchBook);
        }

        if (state.Copies.Any(copy => copy.Member == member))
        {
            return Refuse(state, LendingOutcome.AlreadyBorrowed);
        }

        var hold = state.Holds.FirstOrDefault(hold => hold.Member == member && hold.Copy is not null);
        if ((hold?.Copy ?? OnShelf(state)?.Number) is not { } number)
        {
            return Refuse(state, LendingOutcome.NoCopyFree);
        }

        var next = state with
        {
            Copies = Replace(state.Copies, new Copy(number, loan, member)),
            Holds = hold is null ? state.Holds : state.Holds.Remove(hold),
        };
        return (next, new BookAnswer(LendingOutcome.Done, number, hold?.Id));
    }

    /// <summary>Takes a copy back; one that is back already stays so.</summary>
    public static (BookState Next, BookAnswer Answer) TakeBack(BookState state, string loan, DateTimeOffset now)
    {
        var done = new BookAnswer(LendingOutcome.Done);
        return state.Copies.FirstOrDefault(copy => copy.Loan == loan) is { } lent
            ? (SetAside(state with { Copies = Replace(state.Copies, new Copy(lent.Number)) }, now), done)
            : (state, done);
    }

    /// <summary>Puts a member at the end of the queue; with a copy on the shelf it is their turn at once.</summary>
    public static (BookState Next, BookAnswer Answer) Queue(BookState state, string id, string member, DateTimeOffset now)
    {
        if (state.Holds.FirstOrDefault(hold => hold.Id == id) is { } known)
        {
            return (state, Placed(known));
        }

        // It was here, and nobody came: the member is about to be told so.
        if (state.Notices.Entries.Any(notice => notice.Event.Id == id && notice.Event.Until is null))
        {
            return (state, new BookAnswer(LendingOutcome.Done, Hold: id));
        }

        if (state.Details is null)
        {
            return Refuse(state, LendingOutcome.NoSuchBook);
        }

        if (state.Copies.Any(copy => copy.Member == member))
        {
            return Refuse(state, LendingOutcome.AlreadyBorrowed);
        }

        if (state.Holds.Any(hold => hold.Member == member))
        {
            return Refuse(state, LendingOutcome.AlreadyHeld);
        }

        if (state.Holds.Length >= LendingRules.MaxQueue)
        {
            return Refuse(state, LendingOutcome.QueueFull);
        }

        var next = SetAside(state with { Holds = state.Holds.Add(new Hold(id, member, now)) }, now, silent: id);
        return (next, Placed(next.Holds[^1]));
    }

    /// <summary>Takes a hold out of the queue; who is next gets the copy that was set aside.</summary>
    public static (BookState Next, BookAnswer Answer) Leave(BookState state, string id, DateTimeOffset now)
    {
        var left = state.Holds.RemoveAll(hold => hold.Id == id);
        var done = new BookAnswer(LendingOutcome.Done);
        return left.Length == state.Holds.Length ? (state, done) : (SetAside(state with { Holds = left }, now), done);
    }

    /// <summary>Ends the holds of those who did not come for their copies, and tells them.</summary>
    public static BookState Expire(BookState state, DateTimeOffset now)
    {
        if (!state.Holds.Any(hold => hold.Until <= now))
        {
            return state;
        }

        var notices = state.Notices;
        foreach (var stale in state.Holds.Where(hold => hold.Until <= now))
        {
            notices = notices.Add(new HoldNotice(stale.Id, stale.Member, null));
        }

        return SetAside(state with { Holds = state.Holds.RemoveAll(hold => hold.Until <= now), Notices = notices }, now);
    }

    /// <summary>Gives the book a number of copies; null when more are in use.</summary>
    public static BookState? WithCopies(BookState state, int count, DateTimeOffset now)
    {
        var surplus = state.Copies.Length - count;
        if (surplus > 0)
        {
            var free = state.Copies.Where(copy => IsOnShelf(state, copy)).Reverse().Take(surplus).ToImmutableHashSet();
            return free.Count < surplus ? null : state with { Copies = state.Copies.RemoveAll(free.Contains) };
        }

        var last = state.Copies.IsEmpty ? 0 : state.Copies.Max(copy => copy.Number);
        var added = Enumerable.Range(last + 1, -surplus).Select(number => new Copy(number));
        return SetAside(state with { Copies = [.. state.Copies, .. added] }, now);
    }

    /// <summary>When the first hold becomes stale; null when no copy is set aside.</summary>
    public static DateTimeOffset? NextExpiry(BookState state) => state.Holds.Min(hold => hold.Until);

    /// <summary>Whether a member waits for a copy.</summary>
    public static bool IsAwaited(BookState state) => state.Holds.Any(hold => hold.Copy is null);

    /// <summary>Whether a copy is neither lent nor set aside.</summary>
    public static bool IsOnShelf(BookState state, Copy copy) =>
        copy.Loan is null && !state.Holds.Any(hold => hold.Copy == copy.Number);

    private static BookState SetAside(BookState state, DateTimeOffset now, string? silent = null)
    {
        while (OnShelf(state) is { } copy && state.Holds.FirstOrDefault(hold => hold.Copy is null) is { } first)
        {
            var ready = first with { Copy = copy.Number, Until = now + LendingRules.PickUpPeriod };
            state = state with
            {
                Holds = state.Holds.Replace(first, ready),
                // Who is being answered need not be told besides.
                Notices = ready.Id == silent ? state.Notices : state.Notices.Add(new HoldNotice(ready.Id, ready.Member, ready.Until)),
            };
        }

        return state;
    }

    private static Copy? OnShelf(BookState state) => state.Copies.FirstOrDefault(copy => IsOnShelf(state, copy));

    private static ImmutableArray<Copy> Replace(ImmutableArray<Copy> copies, Copy changed) =>
        [.. copies.Select(copy => copy.Number == changed.Number ? changed : copy)];

    private static BookAnswer Placed(Hold hold) => new(LendingOutcome.Done, hold.Copy, hold.Id, hold.Until);

    private static (BookState Next, BookAnswer Answer) Refuse(BookState state, LendingOutcome why) => (state, new BookAnswer(why));
}
