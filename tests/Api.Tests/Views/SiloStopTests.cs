using System.Diagnostics;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Views;

/// <summary>A silo stops while a change waits for a front door that hangs.</summary>
public sealed class SiloStopTests : IAsyncLifetime
{
    // Far longer than a silo takes to stop.
    private readonly ViewCluster cluster = new(lease: TimeSpan.FromSeconds(10));

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Publisher_whoseSiloStops_isSucceededThoughAChangeWaits()
    {
        using var projection = new HangingProjection();
        var replica = await cluster.Replica(projection);
        await cluster.Owner("a").Set(1);
        var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);
        var term = await publisher.Term();
        var address = await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(publisher);
        var silo = cluster.Cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));
        projection.Hang();
        var change = cluster.Owner("a").Set(2);
        await Until.Holds(() => projection.Hangs);

        var clock = Stopwatch.StartNew();
        var stop = cluster.Cluster.StopSiloAsync(silo, TestContext.Current.CancellationToken);
        await Until.Holds(async () => await publisher.Term() > term);

        clock.Elapsed.ShouldBeLessThan(cluster.Timings.Lease / 2);
        projection.Resume();
        await change;
        await stop;
        replica.Current["a"].ShouldBe(2L);
    }
}
