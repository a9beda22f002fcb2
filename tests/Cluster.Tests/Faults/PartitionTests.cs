using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// A front door is cut from the silos and from the store, and still reached by its clients: its calls go on, by what it knew last.
/// </summary>
[Collection(Alone.Group)]
public sealed class PartitionTests
{
    // Long enough for its lease to lapse, and for it to give up on the cluster.
    internal static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Front_door_without_the_cluster_goes_on_and_comes_back()
    {
        await using var network = await NetworkNamespace.Make();
        Assert.SkipWhen(network is null, "This user may not make network namespaces.");
        await using var cluster = new FaultCluster(silos: 3, network);
        await cluster.InitializeAsync();
        var door = cluster.LiveDoors[1];

        var once = () => cluster.Measure(
            "7",
            $"a front door cut from silos and store for {Cut.TotalSeconds:0} s",
            network.Cut,
            async () =>
            {
                using var ready = await door.Ready();
                return !ready.IsSuccessStatusCode;
            },
            async () =>
            {
                await Task.Delay(Cut, Cancel);
                await network.Mend();
                await door.WaitUntilReady();
            });
        await Repetitions.Of(once, cut: true);
    }
}
