using System.Diagnostics;
using Gatehouse.Api.Commands;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;
using Orleans.Core.Internal;

namespace Gatehouse.Api.Tests.Views;

/// <summary>A publisher is to go while a change waits for a front door that hangs.</summary>
public sealed class DeactivationNoticesTests : IAsyncLifetime
{
    // Far longer than a publisher takes to fail over.
    private readonly ViewCluster cluster = new(lease: TimeSpan.FromSeconds(8));

    // The client may be connected to the silo that stops, which turns calls away.
    private readonly CommandSender sender = new(new ClusterReach([]), TimeProvider.System);

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publisher_thatIsToGo_isSucceededThoughAChangeWaits(bool siloStops)
    {
        using var projection = new HangingProjection();
        var replica = await cluster.Replica(projection);
        await cluster.Owner("a").Set(1);
        var publisher = cluster.Cluster.Client.GetGrain<IViewPublisher>(EntryOwnerGrain.View);
        var term = await publisher.Term();
        projection.Hang();
        var change = sender.Send(() => cluster.Owner("a").Set(2));
        await Until.Holds(() => projection.Hangs);

        var clock = Stopwatch.StartNew();
        var end = siloStops ? await StopSilo(publisher) : publisher.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken).AsTask();
        await Until.Holds(async () => await sender.Send(() => publisher.Term()) > term);

        clock.Elapsed.ShouldBeLessThan(cluster.Timings.Lease * 0.75);
        projection.Resume();
        await change;
        await end;
        replica.Current["a"].ShouldBe(2L);
    }

    private async Task<Task> StopSilo(IViewPublisher publisher)
    {
        var address = await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(publisher);
        return cluster.Cluster.StopSiloAsync(cluster.Cluster.Silos.Single(silo => silo.SiloAddress.Equals(address)), TestContext.Current.CancellationToken);
    }
}
