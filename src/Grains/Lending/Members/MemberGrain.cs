using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Patterns.Index;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Lending.Members;

[GrainType("gatehouse.lending.member")]
internal sealed partial class MemberGrain(
    [PersistentState("state")] IPersistentState<MemberState> store,
    TimeProvider time,
    ILogger<MemberGrain> logger) : Grain, IMemberGrain, IRemindable
{
    private static readonly TimeSpan SettleAfter = TimeSpan.FromSeconds(5);

    private MemberDesk? desk;
    private DeliveryTimer? deliveries;
    private IGrainTimer? settling;

    private MemberDesk Desk => desk ?? throw new InvalidOperationException("The grain is not activated.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        deliveries = new DeliveryTimer(this, () => Desk.Deliver(), e => Log.NotDelivered(logger, id, e));
        desk = new MemberDesk(
            id,
            new Ledger<MemberState>(store, StepDown),
            book => GrainFactory.GetGrain<IBookGrain>(book),
            Deliver,
            this.MakeWorkReminder(time),
            deliveries.Start,
            SettleSoon,
            time);
        if (!store.State.Changes.Entries.IsEmpty)
        {
            deliveries.Start();
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await Desk.Settle();
        }
        // The next activation finds it out again.
        catch (Exception e)
        {
            Log.NotSettled(logger, this.GetPrimaryKeyString(), e);
        }
    }

    public Task<MemberAnswer> Do(Operation operation, Errand errand) => Desk.Do(operation, errand);

    public Task<long?> Rename(string name, long? revision) => Desk.Rename(name, revision);

    public Task<MemberView> Find() => Desk.Find();

    public Task Notice(string hold, DateTimeOffset? until) => Desk.Notice(hold, until);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Desk.Tick();

    private Task Deliver(ListChange change) => change.Member is { } member
        ? Shard<MemberEntry>(change.Key).Put(change.Key, member)
        : Shard<OverdueLoan>(change.Key).Put(change.Key, change.Overdue);

    private IIndexGrain<T> Shard<T>(string key) where T : class =>
        GrainFactory.GetGrain<IIndexGrain<T>>(Sharding.ShardOf(key, LendingLists.Shards));

    private void SettleSoon()
    {
        if (settling is null)
        {
            settling = this.RegisterGrainTimer(() => Desk.Settle(), SettleAfter, Timeout.InfiniteTimeSpan);
        }
        else
        {
            settling.Change(SettleAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void StepDown(Exception cause)
    {
        Log.WriteFailed(logger, this.GetPrimaryKeyString(), cause);
        DeactivateOnIdle();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store did not acknowledge a write of member {Member}; reading it again")]
        public static partial void WriteFailed(ILogger logger, string member, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "A change of member {Member} did not reach the library's lists; it is tried again")]
        public static partial void NotDelivered(ILogger logger, string member, Exception cause);

        [LoggerMessage(3, LogLevel.Warning, "Member {Member} was not settled before its activation ended")]
        public static partial void NotSettled(ILogger logger, string member, Exception cause);
    }
}
