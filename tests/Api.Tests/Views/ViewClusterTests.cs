using System.Diagnostics;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;
using Orleans.Core.Internal;

namespace Gatehouse.Api.Tests.Views;

/// <summary>Publisher and replicas over Orleans' real runtime.</summary>
public sealed class ViewClusterTests : IAsyncLifetime
{
    private readonly ViewCluster cluster = new();

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Publish_returned_everyReplicaHasIt()
    {
        var replicas = new[] { await cluster.Replica(), await cluster.Replica(), await cluster.Replica() };

        for (var value = 1; value <= 200; value++)
        {
            await cluster.Owner("a").Set(value);
            foreach (var replica in replicas)
            {
                replica.Current["a"].ShouldBe((long)value);
            }
        }
    }

    [Fact]
    public async Task Publish_manyOwnersAtOnce_everyReplicaHasAll()
    {
        var replicas = new[] { await cluster.Replica(), await cluster.Replica() };

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => cluster.Owner($"o{i}").Set(i)));

        foreach (var replica in replicas)
        {
            replica.Current.Count.ShouldBe(100);
        }

        // More entries than a page holds reach one that comes later too.
        var late = await cluster.Replica();
        late.Current.Count.ShouldBe(100);
    }

    [Fact]
    public async Task Publish_ownersReportIsOlderThanItsChange_isNotDone()
    {
        var replica = await cluster.Replica();
        await cluster.Owner("a").Set(1);
        var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);

        // Two versions ahead of what the store has: the report that the gap asks for does not have it either.
        var publish = publisher.Publish(new OwnerUpdate(cluster.Owner("a").GetGrainId(), 3, [new ViewChange("a", 3L)]));

        await publish.ShouldThrowAsync<NotPublisherException>();
        replica.Current["a"].ShouldBe(1L);
        await cluster.Owner("a").Set(2);
        await cluster.Owner("a").Set(3);
        replica.Current["a"].ShouldBe(3L);
    }

    [Fact]
    public async Task Publish_replicaHangs_waitsForItsLeaseAndNoLonger()
    {
        using var projection = new HangingProjection();
        await cluster.Replica();
        var hanging = await cluster.Replica(projection);
        await cluster.Owner("a").Set(1);

        projection.Hang();
        var clock = Stopwatch.StartNew();
        await cluster.Owner("a").Set(2);

        // It has not applied the change, so its lease must have ended first.
        hanging.State.ShouldNotBe(LeaseState.Leased);
        clock.Elapsed.ShouldBeLessThan(cluster.Timings.Lease * 3);
        projection.Resume();
        (await hanging.Read(TestContext.Current.CancellationToken))["a"].ShouldBe(2L);
    }

    [Fact]
    public async Task Publish_replicaStopped_isNotWaitedFor()
    {
        await cluster.Replica();
        var stopped = await cluster.Replica();
        await cluster.Owner("a").Set(1);

        await stopped.StopAsync(TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        await cluster.Owner("a").Set(2);

        clock.Elapsed.ShouldBeLessThan(cluster.Timings.Lease / 2);
    }

    [Fact]
    public async Task Publish_publisherMoves_staysCoherentAndVersionsGrow()
    {
        var replicas = new[] { await cluster.Replica(), await cluster.Replica() };
        var highest = ViewVersion.None;
        for (var value = 1; value <= 12; value++)
        {
            if (value % 4 == 0)
            {
                var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);
                await publisher.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
            }

            await cluster.Owner("a").Set(value);
            foreach (var replica in replicas)
            {
                (await replica.Read(TestContext.Current.CancellationToken))["a"].ShouldBe((long)value);
                replica.Version.ShouldBeGreaterThanOrEqualTo(highest);
            }

            highest = replicas.Max(replica => replica.Version);
        }
    }

    [Fact]
    public async Task Publisher_thatIsToGo_doesNotWaitForAnOwnersReport()
    {
        await cluster.Owner("a").Set(1);
        var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);
        var term = await publisher.Term();
        await cluster.Owner("a").Silence(int.MaxValue);
        await Until.Holds(async () => await cluster.Owner("a").Hanging() > 0);

        await publisher.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        var next = await publisher.Term();

        next.ShouldBeGreaterThan(term);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await cluster.Owner("a").Speak();
        await cluster.Owner("a").Set(2);
    }

    [Fact]
    public async Task Publisher_whoseQuestionForAReportIsLost_asksAgain()
    {
        var replica = await cluster.Replica();
        await cluster.Owner("a").Set(1);
        await cluster.Owner("b").Set(1);
        await cluster.Owner("a").Silence(1);
        var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);
        await publisher.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        await cluster.Owner("b").Set(2);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await cluster.Owner("a").Hanging()).ShouldBe(1);
        replica.Current["b"].ShouldBe(2L);
        await cluster.Owner("a").Speak();
    }

    [Fact]
    public async Task Read_publisherGone_waitsForItsSuccessor()
    {
        var replica = await cluster.Replica();
        await cluster.Owner("a").Set(1);

        await cluster.Cluster.StopSiloAsync(cluster.Cluster.Silos[^1], TestContext.Current.CancellationToken);

        var snapshot = await replica.Read(TestContext.Current.CancellationToken);
        snapshot["a"].ShouldBe(1L);
    }
}
