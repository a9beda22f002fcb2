using Gatehouse.Grains.Lending.Catalogue;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Books;

/// <summary>What a book's grain does, apart from being a grain: applies the rules, writes, then answers.</summary>
/// <param name="id">The book's id.</param>
/// <param name="ledger">The book's state.</param>
/// <param name="listing">How the book gets its ISBN and its place in the catalogue.</param>
/// <param name="notify">Takes a notice to its member.</param>
/// <param name="reminder">Fires while a copy is set aside, a notice is under way or a change is half-done.</param>
/// <param name="wake">Asks for <see cref="Deliver"/> soon, beside the commands.</param>
/// <param name="time">The clock.</param>
internal sealed class BookDesk(
    string id,
    Ledger<BookState> ledger,
    IListing listing,
    Func<HoldNotice, Task> notify,
    WorkReminder reminder,
    Action wake,
    TimeProvider time)
{
    // Changes of details are rare, and repeated by the one who makes them.
    private const int RememberedWrites = 4;

    private readonly OutboxDelivery<HoldNotice> delivery = new(() => ledger.State.Notices, notify);

    public BookView? View => ledger.State is { Details: { } details } state
        ? new BookView(id, details, state.Revision, state.Copies, state.Holds)
        : null;

    public Task<BookAnswer> Lend(Operation operation, string member) =>
        Step(operation, (state, _) => BookRules.Lend(state, operation.Id, member));

    public Task<BookAnswer> TakeBack(Operation operation, string loan) =>
        Step(operation, (state, now) => BookRules.TakeBack(state, loan, now));

    public Task<BookAnswer> Queue(Operation operation, string member) =>
        Step(operation, (state, now) => BookRules.Queue(state, operation.Id, member, now));

    public Task<BookAnswer> Leave(Operation operation, string hold) =>
        Step(operation, (state, now) => BookRules.Leave(state, hold, now));

    public bool IsAwaited => BookRules.IsAwaited(ledger.State);

    public async Task<BookWrite> Put(Operation operation, BookDetails details, int copies, long? revision)
    {
        operation.ThrowIfExpired(time.GetUtcNow());
        await Finish();
        var state = ledger.State;
        if (state.Written.Find(operation.Id) is { } known)
        {
            return known.Answer;
        }

        if (Refuse(state, details, copies, revision) is { } refused)
        {
            return refused;
        }

        await reminder.Ensure();
        var saga = new Saga<BookWork>(operation.Id, new BookWork(operation.Id, details, copies));
        await Write(state with { Saga = saga });
        return await Run(saga);
    }

    /// <summary>Tells members what they are to be told.</summary>
    public Task Deliver() => delivery.Run();

    /// <summary>Completes what is half-done, and cancels what is stale. Called by the reminder.</summary>
    public async Task Tick()
    {
        await Finish();
        var next = BookRules.Expire(ledger.State, time.GetUtcNow());
        if (next != ledger.State)
        {
            await Write(next);
        }

        if (delivery.IsDone)
        {
            await reminder.Rest(BookRules.NextExpiry(ledger.State));
        }
        else
        {
            wake();
        }
    }

    private async Task<BookAnswer> Step(Operation operation, Func<BookState, DateTimeOffset, (BookState Next, BookAnswer Answer)> rule)
    {
        var now = time.GetUtcNow();
        operation.ThrowIfExpired(now);
        await Finish();
        var known = ledger.State.Applied.Find(operation.Id);
        if (known is not null && known.Until >= operation.Until)
        {
            return known.Answer;
        }

        // Whatever a message is answered, also a refusal or what was so already, is remembered until none sent before it can
        // take effect any more: the member goes by the answer, while an earlier message may be on its way still, and must
        // not lend a copy to somebody who was told that there is none, or has brought it back since.
        var current = BookRules.Expire(ledger.State, now);
        var (next, answer) = known is null ? rule(current, now) : (current, known.Answer);
        await Write(next with { Applied = next.Applied.Add(operation, answer, now, keep: 0) });
        return answer;
    }

    private async Task Write(BookState next)
    {
        if (!next.Notices.Entries.IsEmpty || BookRules.NextExpiry(next) is not null)
        {
            await reminder.Ensure();
        }

        await ledger.Write(next with { Notices = next.Notices.Without(delivery.Delivered) });
        if (!delivery.IsDone)
        {
            wake();
        }
    }

    private static BookWrite? Refuse(BookState state, BookDetails details, int copies, long? revision)
    {
        if (state.Details is null)
        {
            return revision == 0 ? null : new BookWrite(BookOutcome.NotFound);
        }

        if (revision is { } expected && expected != state.Revision)
        {
            return new BookWrite(BookOutcome.PreconditionFailed, state.Revision);
        }

        if (state.Details.SameAs(details) && state.Copies.Length == copies)
        {
            return new BookWrite(BookOutcome.Unchanged, state.Revision);
        }

        return BookRules.WithCopies(state, copies, default) is null ? new BookWrite(BookOutcome.CopiesInUse, state.Revision) : null;
    }

    private Task Finish() => ledger.State.Saga is { } saga ? Run(saga) : Task.CompletedTask;

    private async Task<BookWrite> Run(Saga<BookWork> saga)
    {
        var steps = new BookSteps(id, ledger.State.Details, ledger.State.Copies.Length, listing).All;
        var runner = new SagaRunner<BookWork>(steps, turned => ledger.Write(ledger.State with { Saga = turned }));
        var (work, refused) = await runner.Run(saga);
        var state = ledger.State with { Saga = null };
        if (refused)
        {
            await Write(state);
            return work.Refusal!;
        }

        var now = time.GetUtcNow();
        var written = new BookWrite(state.Details is null ? BookOutcome.Added : BookOutcome.Changed, state.Revision + 1);
        // What is in use was counted when the saga began, and nothing was lent since.
        var next = BookRules.WithCopies(state, work.Copies, now)!;
        await Write(next with
        {
            Details = work.Details,
            Revision = written.Revision,
            Written = next.Written.Add(Operation.Now(work.Operation, time), written, now, RememberedWrites),
        });
        return written;
    }
}
