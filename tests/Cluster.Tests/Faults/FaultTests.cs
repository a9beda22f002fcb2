using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>
/// Faults that nobody notices: what each does to a load that never stops. Of what is lost and wrongly accepted none is allowed;
/// times are measured and written down, and bounded only against standing still.
/// </summary>
[Collection(Alone.Group)]
public sealed class FaultTests(FaultCluster cluster) : IClassFixture<FaultCluster>
{
    // A run shows acknowledged writes that a front door does not show: either a command that its client gave
    // up on and that was applied late, or a mistake of the harness. Not yet found out.
    private const string Reason = "Known to fail: run it by FAULT_REPETITIONS=3";

    private const int Short = 3;

    // In the long run it is the 20 s; either is far longer than it takes to notice.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(FaultReport.Repetitions is null ? 8 : 20);

    // No judgement of speed on a busy machine: that it goes on at all.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task A_silo_is_killed()
    {
        var row = await Repeat("1", "SIGKILL a silo", async row =>
        {
            var silo = cluster.LiveSilos[0];
            await cluster.Measure(row, () => silo.Process.Kill(), leftSilos: 2, cluster.AddSilo);
        });

        row.Failed.ShouldBe(0);
    }

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task B_silo_hangs()
    {
        var row = await Repeat("2", $"SIGSTOP a silo for {Hang.TotalSeconds:0} s", async row =>
        {
            var silo = cluster.LiveSilos[0];
            await cluster.Measure(
                row,
                () =>
                {
                    silo.Process.Suspend();
                    return Task.CompletedTask;
                },
                leftSilos: 2,
                async () =>
                {
                    await Task.Delay(Hang, Cancel);
                    silo.Process.Resume();
                    // It learns that it was voted out, and ends.
                    await silo.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
                    await cluster.AddSilo();
                });
        });

        row.Failed.ShouldBe(0);
    }

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task C_silo_stops_in_good_order()
    {
        var row = await Repeat("3", "SIGTERM a silo", async row =>
        {
            var silo = cluster.LiveSilos[0];
            await cluster.Measure(row, () => Stop(silo), leftSilos: 2, cluster.AddSilo);
        });

        row.Failed.ShouldBe(0);
    }

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task D_every_silo_is_replaced()
    {
        var row = await Repeat("4", "rolling restart of all silos", async row =>
        {
            await cluster.Measure(
                row,
                async () =>
                {
                    foreach (var silo in cluster.LiveSilos.ToArray())
                    {
                        // As Kubernetes does with maxSurge 1 and maxUnavailable 0.
                        await cluster.AddSilo();
                        await Stop(silo);
                        cluster.Forget(silo);
                    }
                },
                leftSilos: null,
                () => Task.CompletedTask);
        }, shortRepetitions: 1);

        row.Failed.ShouldBe(0);
    }

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task E_every_front_door_is_replaced()
    {
        var row = await Repeat("5", "rolling restart of all front doors", async row =>
        {
            await cluster.Measure(
                row,
                async () =>
                {
                    foreach (var door in cluster.LiveDoors.ToArray())
                    {
                        await cluster.AddDoor();
                        await cluster.StopDoor(door);
                    }
                },
                leftSilos: null,
                () => Task.CompletedTask);
        });

        row.Failed.ShouldBe(0);
    }

    [Fact(Skip = Reason, SkipUnless = nameof(FaultReport.IsAsked), SkipType = typeof(FaultReport))]
    public async Task F_redis_is_killed_and_started_again()
    {
        var row = await Repeat("6", "kill -9 of redis-server, and a restart", async row =>
        {
            await cluster.Measure(
                row,
                async () =>
                {
                    await cluster.Redis.Process.Kill();
                    await cluster.Redis.Restart();
                },
                leftSilos: null,
                () => Task.CompletedTask);
        });

        row.Failed.ShouldBe(0);
    }

    private static async Task Stop(GatehouseProcess silo)
    {
        await silo.Process.Terminate().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        silo.Process.ExitCode.ShouldBe(0, silo.Process.Log());
    }

    private static async Task<FaultRow> Repeat(string key, string fault, Func<FaultRow, Task> once, int shortRepetitions = Short)
    {
        var row = new FaultRow(fault);
        for (var repetition = 0; repetition < (FaultReport.Repetitions ?? shortRepetitions); repetition++)
        {
            await once(row);
        }

        FaultReport.Write(key, row);
        row.Lost.ShouldBe(0);
        row.WronglyAccepted.ShouldBe(0);
        row.LongestRecovery.ShouldBeLessThan(Bound);
        return row;
    }
}
