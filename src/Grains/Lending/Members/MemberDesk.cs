using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Lending.Members;

/// <summary>
/// What a member's grain does, apart from being a grain: the coordinator of errands. An errand is written before a book is
/// asked, and takes up its place in the member's limits from then on; whoever finds it unfinished finishes it first.
/// </summary>
/// <param name="id">The member's id.</param>
/// <param name="ledger">The member's state.</param>
/// <param name="books">Where books are found.</param>
/// <param name="change">Takes a change to the list it is for.</param>
/// <param name="reminder">Fires while an errand is half-done, and when a loan becomes overdue.</param>
/// <param name="wake">Asks for <see cref="Deliver"/> soon, beside the commands.</param>
/// <param name="settle">Asks for <see cref="Settle"/> within some seconds, between the commands.</param>
/// <param name="time">The clock.</param>
internal sealed class MemberDesk(
    string id,
    Ledger<MemberState> ledger,
    Func<string, IBookGrain> books,
    Func<ListChange, Task> change,
    WorkReminder reminder,
    Action wake,
    Action settle,
    TimeProvider time)
{
    private readonly OutboxDelivery<ListChange> delivery = new(() => ledger.State.Changes, change);
    private AppliedOperations<MemberAnswer> refusals = new();

    public async Task<MemberAnswer> Do(Operation operation, Errand errand)
    {
        operation.ThrowIfExpired(time.GetUtcNow());
        await Finish();
        var now = time.GetUtcNow();
        if (ledger.State.Applied.Find(operation.Id) is { } known)
        {
            return known.Answer.Fingerprint == errand.Fingerprint ? known.Answer.Answer : Refused(LendingOutcome.IdReused);
        }

        if (refusals.Find(operation.Id) is { } said)
        {
            return said.Answer;
        }

        var answer = await Do(operation, errand, now);
        if (answer.Outcome != LendingOutcome.Done)
        {
            // Kept in memory only, since it changed nothing: an earlier message of the command that was stuck is told the same.
            refusals = refusals.Add(operation, answer, now, keep: 0);
        }

        return answer;
    }

    public async Task<long?> Rename(string name, long? revision)
    {
        await Finish();
        if (revision is { } expected && expected != ledger.State.Revision)
        {
            return null;
        }

        if (ledger.State.Name != name || ledger.State.Revision == 0)
        {
            await Write(Introduced(ledger.State with { Name = name, Revision = ledger.State.Revision + 1 }));
        }

        return ledger.State.Revision;
    }

    public async Task<MemberView> Find()
    {
        await Finish();
        var state = ledger.State;
        return new MemberView(
            id, state.Name, state.Revision, state.Loans, state.Holds, state.Points, MemberRules.IsSuspended(state, time.GetUtcNow()));
    }

    public async Task Notice(string hold, DateTimeOffset? until)
    {
        if (ledger.State.Saga is { Work.Errand.Kind: ErrandKind.PlaceHold } saga && saga.Id == hold)
        {
            // The book speaks of the hold, so it was placed; asked again, the book could place it anew.
            Complete(saga.Work with { Answer = new BookAnswer(LendingOutcome.Done, Hold: hold, Until: until) });
        }

        await Finish();
        var next = MemberRules.Note(ledger.State, hold, until);
        if (next != ledger.State)
        {
            await Write(next);
        }

        // What a notice was answered by must last: it is not repeated.
        await ledger.Flush();
    }

    /// <summary>Tells the lists what they are to be told.</summary>
    public Task Deliver() => delivery.Run();

    /// <summary>Writes what follows from what is written, so that nobody has to find it out again.</summary>
    public Task Settle() => ledger.Flush();

    /// <summary>Completes what is half-done and lists what is overdue. Called by the reminder.</summary>
    public async Task Tick()
    {
        await Finish();
        var next = MemberRules.MarkOverdue(ledger.State, id, time.GetUtcNow());
        if (next != ledger.State)
        {
            await Write(next);
        }

        await ledger.Flush();
        if (delivery.IsDone)
        {
            await reminder.Rest(MemberRules.NextDue(ledger.State));
        }
        else
        {
            wake();
        }
    }

    private async Task<MemberAnswer> Do(Operation operation, Errand errand, DateTimeOffset now)
    {
        if (MemberRules.Refuse(ledger.State, errand, now) is { } refusal)
        {
            return Refused(refusal);
        }

        switch (errand.Kind)
        {
            case ErrandKind.Pay:
                return await Write(MemberRules.Pay(ledger.State, operation, errand, now));
            case ErrandKind.Renew when await IsAwaited(errand.Target):
                return Refused(LendingOutcome.SomebodyWaits);
            case ErrandKind.Renew:
                return await Write(MemberRules.Renew(ledger.State, operation, errand, now));
            default:
                var begun = MemberRules.Begin(ledger.State, id, operation.Id, errand, now);
                await Write(ledger.State.Errands == 0 ? Introduced(begun) : begun);
                return await Run(ledger.State.Saga!);
        }
    }

    // What was left half-done comes before everything else.
    private Task Finish() => ledger.State.Saga is { } saga ? Run(saga) : Task.CompletedTask;

    private async Task<MemberAnswer> Run(Saga<ErrandWork> saga)
    {
        var book = books(saga.Work.Book);
        var step = new SagaStep<ErrandWork>(async work =>
        {
            var operation = Operation.Now(saga.Id, time);
            var answer = await (work.Errand.Kind switch
            {
                ErrandKind.Borrow => book.Lend(operation, id),
                ErrandKind.Return => book.TakeBack(operation, work.Errand.Target),
                ErrandKind.PlaceHold => book.Queue(operation, id),
                _ => book.Leave(operation, work.Errand.Target),
            });
            return new SagaAnswer<ErrandWork>(work with { Answer = answer }, answer.Outcome != LendingOutcome.Done);
        });
        // One step, asked of one book: what was reserved here is given back by ending the saga.
        var (done, refused) = await new SagaRunner<ErrandWork>([step], _ => Task.CompletedTask).Run(saga);
        if (!refused)
        {
            return Complete(done);
        }

        // Written before it is answered: asked again, the book could say yes.
        await Write(ledger.State with { Saga = null });
        return Refused(done.Answer!.Outcome);
    }

    private MemberAnswer Complete(ErrandWork work)
    {
        var (next, answer) = MemberRules.Complete(ledger.State, work, time.GetUtcNow());
        // What is written, and what the book remembers, lead here again.
        ledger.Imply(next);
        Afterwards();
        settle();
        return answer;
    }

    private async Task<MemberAnswer> Write((MemberState Next, MemberAnswer Answer) decided)
    {
        await Write(decided.Next);
        return decided.Answer;
    }

    private async Task Write(MemberState next)
    {
        // Of a member who has or begins anything, something becomes due.
        await reminder.Ensure();
        await ledger.Write(next with { Changes = next.Changes.Without(delivery.Delivered) });
        Afterwards();
    }

    private void Afterwards()
    {
        if (!delivery.IsDone)
        {
            wake();
        }
    }

    private MemberState Introduced(MemberState state) => state with
    {
        Changes = state.Changes.Add(new ListChange(id, null, new MemberEntry(id, state.Name))),
    };

    private async Task<bool> IsAwaited(string loan)
    {
        var book = ledger.State.Loans.First(known => known.Id == loan).Book;
        return await books(book).IsAwaited();
    }

    private MemberAnswer Refused(LendingOutcome why) => new(why, Points: ledger.State.Points);
}
