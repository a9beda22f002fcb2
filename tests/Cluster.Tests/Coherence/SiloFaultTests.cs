using System.Diagnostics;
using System.Globalization;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// Silos are killed, replaced, hung until they are voted out, and restarted in good order: coherence holds all the while,
/// no instance is lost or marked down, and calls go on.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class SiloFaultTests(WholeCluster whole)
{
    private const int Lanes = 3;
    private const int RoundsAfter = 3;

    // In the long run every silo that there is at the start, whichever has the publishers.
    private static readonly int Kills = CoherenceReport.Wanted ? 3 : 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly List<string> recoveries = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Losing_silos_loses_no_instance_marks_nobody_down_and_breaks_no_promise()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        var registry = new RegistryClient(Patience);
        await using var population = await Population.Start(cluster, registry);
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(number => Lane.Start(cluster, registry, "FAULTS", number)));
        using var over = new CancellationTokenSource();
        var running = lanes.Select(lane => Run(lane, over.Token)).ToArray();
        await MoreRounds("start", lanes, running);

        for (var silo = 0; silo < Kills; silo++)
        {
            await cluster.Silos[silo].Process.Kill();
            await MoreRounds($"silo {silo} killed", lanes, running);
            await cluster.AddSilo();
            await MoreRounds($"silo {silo} replaced", lanes, running);
        }

        // Hung until the others have voted it out; resumed, it must not act on what it remembers.
        var zombie = cluster.Silos[3].Process;
        zombie.Suspend();
        await MoreRounds("silo hung", lanes, running);
        await Active(cluster, 2);
        zombie.Resume();
        await MoreRounds("hung silo resumed", lanes, running);
        await zombie.Exited.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await cluster.AddSilo();
        await MoreRounds("hung silo replaced", lanes, running);

        await cluster.Silos[4].Process.Terminate();
        await MoreRounds("silo stopped in good order", lanes, running);

        await over.CancelAsync();
        await Task.WhenAll(running);
        await population.Stop();

        CoherenceReport.Write(
            "Silos killed, hung, resumed and restarted, under rounds and calls",
            string.Create(CultureInfo.InvariantCulture, $"{lanes.Sum(lane => lane.Rounds)} rounds, {registry.Retries} commands sent again after a 503; calls that were sent after a deregistration was answered and reached the instance: {lanes.Sum(lane => lane.Instance.Forbidden().Count)}"),
            string.Create(CultureInfo.InvariantCulture, $"{Population.Size} instances with leases of 10 s: {population.Beats} heartbeats, the slowest answered after {population.LongestBeat.TotalSeconds:0.00} s; {population.Looks} looks through every front door; lost, down or suspect: {population.Wrong.Count}"),
            string.Create(CultureInfo.InvariantCulture, $"{population.Calls} calls to them: {population.Failures.Count} failed; longest time without an answer through one front door {population.LongestGap.TotalSeconds:0.00} s"),
            $"register: {Figures.Of(lanes.SelectMany(lane => lane.Registrations))}",
            $"deregister: {Figures.Of(lanes.SelectMany(lane => lane.Deregistrations))}",
            $"seconds until every lane had done {RoundsAfter} more rounds: {string.Join("; ", recoveries)}");
        lanes.SelectMany(lane => lane.Instance.Forbidden()).ShouldBeEmpty();
        population.Wrong.ShouldBeEmpty();
        population.Failures.ShouldBeEmpty();
        foreach (var lane in lanes)
        {
            await lane.DisposeAsync();
        }
    }

    private static async Task Run(Lane lane, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await lane.Round();
            // The silos that are started meanwhile need time of the processors as well.
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task MoreRounds(string when, Lane[] lanes, Task[] running)
    {
        var began = Stopwatch.GetTimestamp();
        var targets = lanes.Select(lane => lane.Rounds + RoundsAfter).ToArray();
        await Eventually.Holds(
            async () =>
            {
                // A lane that has failed tells more than the time that has run out.
                foreach (var failed in running.Where(task => task.IsFaulted))
                {
                    await failed;
                }

                return lanes.Zip(targets).All(pair => pair.First.Rounds >= pair.Second);
            },
            Patience,
            () => $"{when}: rounds {string.Join(", ", lanes.Select(lane => lane.Rounds))} of {string.Join(", ", targets)}");
        recoveries.Add(string.Create(CultureInfo.InvariantCulture, $"{when} {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0}"));
    }

    private static Task Active(GatehouseCluster cluster, int silos) =>
        Eventually.Holds(() => cluster.FrontDoors[0].Sees(silos), TimeSpan.FromSeconds(20), cluster.FrontDoors[0].Process.Log);
}
