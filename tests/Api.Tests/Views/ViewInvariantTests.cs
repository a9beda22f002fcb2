using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Views;

/// <summary>
/// The promises of replicated views, one test each, a publisher and a replica face to face. That they hold whatever happens
/// to the messages in between is what <see cref="ViewProtocolTests"/> is for.
/// </summary>
public sealed class ViewInvariantTests
{
    private static readonly GrainId Owner = GrainId.Create("owner", "a");

    private readonly FakeTimeProvider time = new();
    private readonly ViewOptions options = new();
    private readonly Guid id = Guid.NewGuid();
    private readonly ReplicaState<ImmutableDictionary<string, object>> replica;

    public ViewInvariantTests() => replica = new(new DictionaryProjection(), time);

    [Fact]
    public void V1_publishCompletes_replicaHasAppliedItOrHoldsNoLease()
    {
        var publisher = Publisher(epoch: 1);
        Renew(publisher);

        var applied = Write(publisher, version: 1);
        applied.Task.IsCompleted.ShouldBeFalse("the replica holds a lease and has not heard of it");
        Deliver(publisher);
        applied.Task.IsCompletedSuccessfully.ShouldBeTrue();
        replica.Snapshot["a"].ShouldBe(1L);

        var missed = Write(publisher, version: 2);
        while (!missed.Task.IsCompleted)
        {
            replica.Snapshot["a"].ShouldBe(1L);
            time.Advance(TimeSpan.FromMilliseconds(10));
            Prove(publisher);
        }

        replica.Leased.ShouldBeFalse("nothing has reached it, so its lease must have ended first");
    }

    [Fact]
    public void V2_leaseEndsWithoutAWord_replicaKnowsItByItself()
    {
        var publisher = Publisher(epoch: 1);
        var sentAt = time.GetTimestamp();
        var request = Request();
        var grant = publisher.Renew(request);

        // The answer is late: the lease counts from before the question.
        time.Advance(options.Lease / 2);
        replica.Grant(request, sentAt, grant);
        replica.Leased.ShouldBeTrue();
        time.Advance(options.Lease / 2);

        replica.Leased.ShouldBeFalse();
    }

    [Fact]
    public void V3_messagesOfAnEarlierPublisher_doNotTakeTheReplicaBack()
    {
        var zombie = Publisher(epoch: 1);
        Renew(zombie);
        Write(zombie, version: 1);
        var late = zombie.TakePushes().ShouldHaveSingleItem().Push;
        var request = Request();
        var grant = zombie.Renew(request);

        var successor = Publisher(epoch: 2);
        Write(successor, version: 2);
        Renew(successor);
        var version = replica.Version;
        replica.Push(late);
        replica.Grant(request, time.GetTimestamp(), grant);

        replica.Version.ShouldBe(version);
        replica.Snapshot["a"].ShouldBe(2L);
    }

    [Fact]
    public void V4_newPublisher_completesNothingWhileALeaseOfItsPredecessorMayLast()
    {
        Renew(Publisher(epoch: 1));

        var successor = Publisher(epoch: 2, inherited: [id]);
        var publish = Write(successor, version: 1);
        while (!publish.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            Prove(successor);
        }

        replica.Leased.ShouldBeFalse("it follows the predecessor still");
    }

    [Fact]
    public void V5_publisherThatCannotProveItsOwnership_stopsGrantingWithinALease()
    {
        var zombie = Publisher(epoch: 1);
        Renew(zombie);
        var publish = Write(zombie, version: 1);
        Deliver(zombie);
        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();

        // The store names another by now; no proof succeeds any more.
        var unproven = Write(zombie, version: 2);
        Deliver(zombie, proving: false);
        time.Advance(options.Lease);
        Renew(zombie);

        replica.Leased.ShouldBeFalse();
        unproven.Task.IsCompleted.ShouldBeFalse();
        zombie.Lose();
        unproven.Task.IsFaulted.ShouldBeTrue();
        Should.Throw<NotPublisherException>(() => zombie.Renew(Request()));
    }

    [Fact]
    public void V6_storeWasAwayForLongerThanLeases_replicaThatStillAsksIsWaitedFor()
    {
        var publisher = Publisher(epoch: 1);
        Renew(publisher);
        var away = time.GetTimestamp();
        while (time.GetElapsedTime(away) < options.Lease + options.StaleAfter)
        {
            time.Advance(options.RenewEvery);
            Renew(publisher);
        }

        replica.Leased.ShouldBeFalse("without a proof nothing is granted");
        var publish = Write(publisher, version: 1);
        Prove(publisher);
        publish.Task.IsCompleted.ShouldBeFalse("by now the replica decides by what it knew last");
        Renew(publisher);
        Renew(publisher);

        replica.Snapshot["a"].ShouldBe(1L);
        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void V6_publisherWasAwayForLongerThanLeases_replicaThatStillAsksIsWaitedFor()
    {
        Renew(Publisher(epoch: 1));
        var successor = new ViewPublication(2, options, time, [id]);
        time.Advance(options.Lease + options.StaleAfter);
        Renew(successor);

        successor.Rebuilt();
        var publish = Write(successor, version: 1);
        Prove(successor);
        publish.Task.IsCompleted.ShouldBeFalse("by now the replica decides by what it knew last");
        Renew(successor);

        replica.Snapshot["a"].ShouldBe(1L);
        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void V6_replicaThatAsksNoMore_isWaitedForNoLongerThanALease()
    {
        var publisher = Publisher(epoch: 1);
        Renew(publisher);
        time.Advance(options.Lease + options.StaleAfter);
        Renew(publisher);

        var publish = Write(publisher, version: 1);
        time.Advance(options.Lease);
        Prove(publisher);
        publish.Task.IsCompleted.ShouldBeFalse();
        time.Advance(options.Margin);
        Prove(publisher);

        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void V6_replicaThatHasNothingYet_isNotWaitedFor()
    {
        var publisher = Publisher(epoch: 1);
        time.Advance(options.Lease);
        publisher.Renew(Request());

        var publish = Write(publisher, version: 1);
        Prove(publisher);

        publish.Task.IsCompletedSuccessfully.ShouldBeTrue("it decides nothing");
    }

    private static void Prove(ViewPublication publisher) => publisher.Proven(publisher.BeginProof());

    private static PendingPublish Write(ViewPublication publisher, long version)
    {
        publisher.Contents.Accept(Owner, new OwnerReport(version, [new ViewChange("a", version)]));
        return publisher.Await();
    }

    private LeaseRequest Request() => new(id, null!, replica.Version, replica.Page);

    private ViewPublication Publisher(long epoch, Guid[]? inherited = null)
    {
        var publisher = new ViewPublication(epoch, options, time, inherited ?? []);
        publisher.Rebuilt();
        Prove(publisher);
        return publisher;
    }

    // A snapshot is followed by another renewal, which tells the publisher that it has arrived.
    private void Renew(ViewPublication publisher)
    {
        LeaseGrant grant;
        do
        {
            var request = Request();
            grant = publisher.Renew(request);
            replica.Grant(request, time.GetTimestamp(), grant);
        }
        while (grant.Snapshot);
    }

    private void Deliver(ViewPublication publisher, bool proving = true)
    {
        foreach (var (lease, push) in publisher.TakePushes())
        {
            publisher.Pushed(lease, push, replica.Push(push)).ShouldBeTrue();
        }

        if (proving)
        {
            Prove(publisher);
        }
    }
}
