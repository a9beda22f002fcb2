using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// From one silo to three and back to one, under a load that never stops: no call fails, nothing acknowledged is lost, and the
/// grains of services move to where there is room.
/// </summary>
[Collection(Alone.Group)]
public sealed class ElasticityTests : IAsyncLifetime
{
    private const int Services = 60;

    private readonly FaultCluster cluster = new(silos: 1);

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Scale_out_and_in_again_loses_no_request_and_spreads_the_grains()
    {
        await Repetitions.Of(
            async () =>
            {
                int[] spread = [];
                var (fewest, alike) = (int.MaxValue, 0);
                // Grains that went with their silo begin anew as they are called: all are there before silos come.
                await cluster.Register(Services);
                var measured = await cluster.Measure("9", "scale out from 1 silo to 3, and back to 1", async () =>
                {
                    var first = cluster.LiveSilos[0];
                    await cluster.AddSilo();
                    await cluster.AddSilo();
                    await Eventually.Holds(
                        async () =>
                        {
                            var now = await cluster.ServiceGrains();
                            alike = now.SequenceEqual(spread) ? alike + 1 : 0;
                            (spread, fewest) = (now, Math.Min(fewest, now.Sum()));
                            // One that is on its way may be counted twice: while counts stand still, none is.
                            return alike >= 10 && spread.Sum() >= Services && spread.Min() >= spread.Sum() / 6;
                        },
                        TimeSpan.FromSeconds(60),
                        () => $"grains stay where they are: {string.Join(", ", spread)}");
                    foreach (var silo in new[] { cluster.LiveSilos[1], first })
                    {
                        await cluster.StopSilo(silo);
                    }
                });
                // Those that move are on their way for a moment, a few at a time; none ends.
                fewest.ShouldBeGreaterThan(Services / 2);
                return measured with { Spread = spread };
            });
    }
}
