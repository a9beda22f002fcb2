using System.Diagnostics;
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
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(12);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Front_door_without_the_cluster_goes_on_and_comes_back()
    {
        await using var network = await NetworkNamespace.Make();
        Assert.SkipWhen(network is null, "This user may not make network namespaces.");
        await using var cluster = new FaultCluster(silos: 3, network);
        await cluster.InitializeAsync();
        var door = cluster.LiveDoors[1];

        var cut = 0L;

        var once = () => cluster.Measure(
            "7",
            $"a front door cut from silos and store for {Cut.TotalSeconds:0} s",
            () =>
            {
                cut = Stopwatch.GetTimestamp();
                return network.Cut();
            },
            async () =>
            {
                using var ready = await door.Ready();
                return !ready.IsSuccessStatusCode;
            },
            async () =>
            {
                if (Cut - Stopwatch.GetElapsedTime(cut) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, Cancel);
                }

                await network.Mend();
                await door.WaitUntilReady();
            });
        await Repetitions.Of(once, cut: true);
    }
}
