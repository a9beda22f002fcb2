using Gatehouse.Grains.Views;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Views;

public sealed class ViewPublicationTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ViewOptions options = new();

    [Fact]
    public void Publish_afterATakeover_waitsNoLongerThanUntilAllWhoMayHoldALeaseFollow()
    {
        var replica = Guid.NewGuid();
        var publication = Begin([replica]);
        var publish = publication.Await();
        Prove(publication);
        publish.Task.IsCompleted.ShouldBeFalse();

        var grant = publication.Renew(new LeaseRequest(replica, null!, new ViewVersion(1, 7), null));
        grant.Snapshot.ShouldBeTrue();
        publish.Task.IsCompleted.ShouldBeFalse("it is under way");
        publication.Renew(new LeaseRequest(replica, null!, grant.Version, null));

        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void Publish_afterATakeover_waitsForTheLeaseOfOneWhoDoesNotCome()
    {
        var publication = Begin([Guid.NewGuid()]);
        var publish = publication.Await();
        Prove(publication);

        time.Advance(options.Lease);
        publication.Settle();
        publish.Task.IsCompleted.ShouldBeFalse();
        time.Advance(options.Margin);
        publication.Settle();

        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void Publish_whenNobodyCouldHoldALease_isDoneAtOnce()
    {
        var publication = Begin([]);
        var publish = publication.Await();

        Prove(publication);

        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void Publish_whenThoseWhoMayHoldALeaseAreNotKnown_waitsForALease()
    {
        var publication = Begin(inherited: null);
        var publish = publication.Await();
        Prove(publication);

        publication.KnowsAll.ShouldBeFalse();
        publish.Task.IsCompleted.ShouldBeFalse();
        time.Advance(options.Lease + options.Margin);
        publication.Settle();

        publication.KnowsAll.ShouldBeTrue();
        publish.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void Knows_replicaThatIsLongGone_isFalse()
    {
        var replica = Guid.NewGuid();
        var publication = Begin([replica]);

        publication.Knows(replica).ShouldBeTrue();
        time.Advance(options.Lease * 11);
        publication.Settle();

        publication.Knows(replica).ShouldBeFalse();
    }

    private static void Prove(ViewPublication publication) => publication.Proven(publication.BeginProof());

    private ViewPublication Begin(Guid[]? inherited)
    {
        var publication = new ViewPublication(2, options, time, inherited);
        publication.Rebuilt();
        return publication;
    }
}
