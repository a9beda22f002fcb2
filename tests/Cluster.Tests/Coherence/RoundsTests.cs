using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>Once a deregistration is answered, no front door calls the instance any more (V1).</summary>
[Collection(WholeCluster.Group)]
public sealed class RoundsTests(WholeCluster whole)
{
    private const int Lanes = 4;
    private const int RoundsPerLane = 250;

    [Fact]
    public async Task No_call_reaches_an_instance_after_its_deregistration_was_answered()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        var registry = new RegistryClient(TimeSpan.Zero);
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(number => Lane.Start(cluster, registry, "ROUNDS", number)));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var strange = new ConcurrentQueue<Answer>();
        var began = Stopwatch.GetTimestamp();
        var load = cluster.FrontDoors.Select(door => Load(door, lanes, strange, over.Token)).ToArray();

        await Task.WhenAll(lanes.Select(Run));
        var took = Stopwatch.GetElapsedTime(began);
        await over.CancelAsync();
        var calls = (await Task.WhenAll(load)).Sum();

        lanes.SelectMany(lane => lane.Instance.Forbidden()).ShouldBeEmpty();
        strange.ShouldBeEmpty();
        var publishes = await PublishTimes.Of(cluster);
        CoherenceReport.Write(
            "1,000 rounds of register, call, deregister",
            string.Create(CultureInfo.InvariantCulture, $"{lanes.Sum(lane => lane.Rounds)} rounds in {Lanes} lanes in {took.TotalSeconds:0.0} s, every fourth by Eureka's protocol"),
            string.Create(CultureInfo.InvariantCulture, $"calls that were sent after a deregistration was answered and reached the instance: {lanes.Sum(lane => lane.Instance.Forbidden().Count)}"),
            $"register: {Figures.Of(lanes.SelectMany(lane => lane.Registrations))}",
            $"deregister: {Figures.Of(lanes.SelectMany(lane => lane.Deregistrations))}",
            $"of these, from a publish's arrival at the publisher until every front door had it: {publishes}",
            string.Create(CultureInfo.InvariantCulture, $"load beside the rounds: {calls} calls; {lanes.Sum(lane => lane.Instance.Calls)} reached a coming and going instance, {lanes.Sum(lane => lane.Instance.InFlightAtTheAnswer())} of them were under way when its deregistration was answered"));
        foreach (var lane in lanes)
        {
            await lane.DisposeAsync();
        }
    }

    private static async Task Run(Lane lane)
    {
        while (lane.Rounds < RoundsPerLane)
        {
            await lane.Round();
        }
    }

    private static async Task<int> Load(
        GatehouseProcess door, Lane[] lanes, ConcurrentQueue<Answer> strange, CancellationToken over)
    {
        var calls = 0;
        while (!over.IsCancellationRequested)
        {
            var answer = await Caller.Call(door, lanes[calls++ % lanes.Length].Service, TestContext.Current.CancellationToken);
            if (answer.Status != HttpStatusCode.OK && !answer.IsNoInstance && answer.Status != HttpStatusCode.NotFound)
            {
                strange.Enqueue(answer);
            }
        }

        return calls;
    }
}
