using System.Diagnostics;
using System.Globalization;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// A front door that hangs delays a deregistration by a lease at most, and sends nothing to the instance when it goes on,
/// though it was told nothing meanwhile (V1, V2).
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class StoppedFrontDoorTests(WholeCluster whole)
{
    private const string Service = "STOPPED";
    private const int Rounds = 6;
    private const int CallsAtOnce = 8;

    // The lease, and what the publisher adds for clocks that differ: ViewOptions.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3.05);

    // For the round trips, on a busy machine.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1);

    // Longer than the last known state is withheld while the cluster cannot be reached.
    private static readonly TimeSpan LongHang = TimeSpan.FromSeconds(7);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resumed_front_door_sends_nothing_to_an_instance_that_left_while_it_hung()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        var registry = new RegistryClient(TimeSpan.Zero);
        await using var instance = await CountingInstance.Start("instance");
        var times = new List<TimeSpan>();
        var held = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var stopped = cluster.FrontDoors[round % 3];
            var other = cluster.FrontDoors[(round + 1) % 3];
            var id = string.Create(CultureInfo.InvariantCulture, $"instance-{round}");
            instance.Registering();
            await registry.Register(other, Service, id, instance.Address, leaseSeconds: 60, eureka: false);
            foreach (var answer in await Caller.CallAll(cluster.FrontDoors, Service, Cancel))
            {
                answer.By.ShouldBe("instance", answer.ToString());
            }

            using var loaded = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var load = Enumerable.Range(0, 4).Select(_ => Load(stopped, loaded.Token)).ToArray();
            await Eventually.Holds(() => Task.FromResult(instance.Calls > (round + 1) * 50), TimeSpan.FromSeconds(10), stopped.Process.Log);
            stopped.Process.Suspend();
            await Stopped(stopped.Process);
            var stoppedAt = Stopwatch.GetTimestamp();
            await loaded.CancelAsync();
            var queued = Calls(stopped);

            var began = Stopwatch.GetTimestamp();
            await registry.Deregister(other, Service, id, eureka: false);
            var took = Stopwatch.GetElapsedTime(began);
            instance.Deregistered();
            times.Add(took);

            queued.AddRange(Calls(stopped));
            foreach (var answer in await Caller.CallAll(cluster.FrontDoors.Except([stopped]), Service, Cancel))
            {
                answer.IsNoInstance.ShouldBeTrue(answer.ToString());
            }

            if (round % 2 == 1)
            {
                // How long it hangs is what the test is about.
                await Task.Delay(LongHang, Cancel);
            }

            stopped.Process.Resume();
            queued.AddRange(Calls(stopped));
            var answers = await Task.WhenAll(queued);
            await Task.WhenAll(load);

            instance.ForbiddenSince(stoppedAt).ShouldBeEmpty();
            answers.ShouldAllBe(answer => answer.IsNoInstance);
            took.ShouldBeLessThan(Lease + Allowance);
            held += answers.Length;
        }

        CoherenceReport.Write(
            "A front door stopped (SIGSTOP) while an instance is deregistered through another",
            $"{Rounds} rounds, each front door twice; once resumed right after the answer, once {LongHang.TotalSeconds:0} s later",
            $"deregister: {Figures.Of(times)} (the lease is 3 s)",
            $"{held} calls sent to the front door while it hung, or right after it was resumed: all answered 503 no-instance",
            $"calls sent before it was stopped, under way when it was, that went on to the instance once it was resumed: {instance.InFlightAtTheAnswer()}");
    }

    private static List<Task<Answer>> Calls(GatehouseProcess door) =>
        [.. Enumerable.Range(0, CallsAtOnce).Select(_ => Caller.Call(door, Service, Cancel))];

    private static async Task Load(GatehouseProcess door, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Caller.Call(door, Service, Cancel);
        }
    }

    private static Task Stopped(ChildProcess process) => Eventually.Holds(
        async () => (await File.ReadAllTextAsync($"/proc/{process.Id}/stat", Cancel)).Split(") ")[^1].StartsWith('T'),
        TimeSpan.FromSeconds(5),
        process.Log);
}
