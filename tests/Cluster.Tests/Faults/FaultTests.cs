using System.Diagnostics;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>Faults that nobody notices: what each does to a load that never stops.</summary>
[Collection(Alone.Group)]
public sealed class FaultTests(FaultCluster cluster) : IClassFixture<FaultCluster>
{
    // In the long run it is the 20 s; either is far longer than it takes to notice.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(Repetitions.Long is null ? 5 : 20);

    // A lease and StaleAfter are over by then: the front doors go on by what they knew last.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(Repetitions.Long is null ? 10 : 12);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_is_killed() => await Repetitions.Of(() =>
    {
        var silo = cluster.LiveSilos[0];
        return cluster.Measure("1", "SIGKILL a silo", silo.Process.Kill, cluster.ShownSilos(atMost: 2), cluster.Refill);
    });

    [Fact]
    public async Task B_silo_hangs() => await Repetitions.Of(() =>
    {
        var silo = cluster.LiveSilos[0];
        var suspended = 0L;
        return cluster.Measure(
            "2",
            $"SIGSTOP a silo for {Hang.TotalSeconds:0} s",
            () =>
            {
                suspended = Stopwatch.GetTimestamp();
                silo.Process.Suspend();
                return Task.CompletedTask;
            },
            cluster.ShownSilos(atMost: 2),
            async () =>
            {
                if (Hang - Stopwatch.GetElapsedTime(suspended) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, Cancel);
                }

                silo.Process.Resume();
                // It learns that it was voted out, and ends.
                await silo.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
                await cluster.Refill();
            });
    });

    [Fact]
    public async Task C_silo_stops_in_good_order() => await Repetitions.Of(() =>
    {
        var silo = cluster.LiveSilos[0];
        return cluster.Measure("3", "SIGTERM a silo", () => cluster.StopSilo(silo), cluster.ShownSilos(atMost: 2), cluster.Refill);
    });

    [Fact]
    public async Task D_every_silo_is_replaced() => await Repetitions.Of(
        () => cluster.Measure("4", "rolling restart of all silos", async () =>
        {
            foreach (var silo in cluster.LiveSilos.ToArray())
            {
                // As Kubernetes does with maxSurge 1 and maxUnavailable 0.
                await cluster.AddSilo();
                await cluster.StopSilo(silo);
            }
        }));

    [Fact]
    public async Task E_every_front_door_is_replaced() => await Repetitions.Of(
        () => cluster.Measure("5", "rolling restart of all front doors", async () =>
        {
            foreach (var door in cluster.LiveDoors.ToArray())
            {
                await cluster.AddDoor();
                await cluster.StopDoor(door);
            }
        }));

    [Fact]
    public async Task F_redis_is_killed_and_started_again() => await Repetitions.Of(
        () => cluster.Measure("6", "kill -9 of redis-server, and a restart", async () =>
        {
            await cluster.Redis.Process.Kill();
            await cluster.Redis.Restart();
        }));

    [Fact]
    public async Task G_clock_of_a_silo_is_stepped()
    {
        using var clock = SteppedClock.Make();
        Assert.SkipWhen(clock is null, "libfaketime is not installed.");
        var silo = await cluster.AddSilo(clock.Environment);
        // It is given work.
        await cluster.StopSilo(cluster.LiveSilos[0]);

        await Repetitions.Of(() => cluster.Measure("8", "the clock of a silo stepped by an hour, forth and back", async () =>
        {
            foreach (var step in new[] { TimeSpan.FromHours(1), TimeSpan.Zero })
            {
                await clock.Set(step);
                await Task.Delay(SteppedClock.SeenWithin, Cancel);
            }
        }));

        await cluster.StopSilo(silo);
        await cluster.Refill();
    }

    [Fact]
    public async Task H_redis_is_away_for_longer_than_front_doors_wait() => await Repetitions.Of(
        () => cluster.Measure("6b", $"Redis is away for {Away.TotalSeconds:0} s", async () =>
        {
            await cluster.Redis.Process.Kill();
            await Task.Delay(Away, Cancel);
            await cluster.Redis.Restart();
        }));
}
