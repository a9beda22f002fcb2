using Gatehouse.Grains.Lending.Catalogue;
using Gatehouse.Grains.Lending.Members;
using Gatehouse.Grains.Patterns;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending.Books;

[GrainType("gatehouse.lending.book")]
internal sealed partial class BookGrain(
    [PersistentState("state")] IPersistentState<BookState> store,
    TimeProvider time,
    ILogger<BookGrain> logger) : Grain, IBookGrain, IRemindable
{
    private BookDesk? desk;
    private DeliveryTimer? deliveries;

    private BookDesk Desk => desk ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        deliveries = new DeliveryTimer(this, () => Desk.Deliver(), e => Log.NotDelivered(logger, this.GetPrimaryKeyString(), e));
        desk = new BookDesk(
            this.GetPrimaryKeyString(),
            new Ledger<BookState>(store, StepDown),
            new Listing(GrainFactory),
            notice => GrainFactory.GetGrain<IMemberGrain>(notice.Member).Notice(notice.Id, notice.Until),
            this.MakeWorkReminder(time),
            deliveries.Start,
            time);
        if (!store.State.Notices.Entries.IsEmpty)
        {
            deliveries.Start();
        }

        return Task.CompletedTask;
    }

    public Task<BookAnswer> Lend(Operation operation, string member) => Desk.Lend(operation, member);

    public Task<BookAnswer> TakeBack(Operation operation, string loan) => Desk.TakeBack(operation, loan);

    public Task<BookAnswer> Queue(Operation operation, string member) => Desk.Queue(operation, member);

    public Task<BookAnswer> Leave(Operation operation, string hold) => Desk.Leave(operation, hold);

    public ValueTask<bool> IsAwaited() => new(Desk.IsAwaited);

    public Task<BookWrite> Put(Operation operation, BookDetails details, int copies, long? revision) =>
        Desk.Put(operation, details, copies, revision);

    public ValueTask<BookView?> Find() => new(Desk.View);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Desk.Tick();

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyString(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of book {Book}; reading it again")]
        public static partial void WriteFailed(ILogger logger, string book, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "A notice of book {Book} was not delivered; it is tried again")]
        public static partial void NotDelivered(ILogger logger, string book, Exception cause);
    }
}
