using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Circuits;

/// <summary>What one front door opens is open at all of them, and one call in the cluster finds out whether it may close.</summary>
[Collection(WholeCluster.Group)]
public sealed class CircuitTests(WholeCluster whole)
{
    // With each front door in turn; in the long run until what is called often is compiled for good.
    private static readonly int WarmUp = CircuitReport.IsAskedFor ? 60 : 3;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan OneCall = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Circuit_that_one_front_door_opens_is_open_at_all()
    {
        var rounds = CircuitReport.IsAskedFor ? 200 : 5;
        await using var turn = await whole.Take();
        await using var cluster = await CircuitCluster.Start(turn.Cluster, sleep: "1h");
        var (own, others, cold) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>());
        for (var round = -WarmUp; round < rounds; round++)
        {
            await cluster.Close();
            cluster.Instance.Forget();
            var first = (round + WarmUp) % cluster.Doors.Count;
            var watching = cluster.Doors.Where((_, i) => i != first).ToArray();
            await Task.WhenAll(watching.Select(async door =>
                (await cluster.Call(door, HttpStatusCode.OK)).Status.ShouldBe(HttpStatusCode.OK)));
            var watched = watching.Select(door => FirstRefusal(cluster, door, HttpStatusCode.OK)).ToArray();
            var openedAt = await cluster.Trip(cluster.Doors[first]);
            (round < 0 ? cold : own).Add(Stopwatch.GetElapsedTime(openedAt, await FirstRefusal(cluster, cluster.Doors[first], HttpStatusCode.OK)));
            foreach (var refusal in await Task.WhenAll(watched).WaitAsync(TimeSpan.FromSeconds(30), Cancel))
            {
                (round < 0 ? cold : others).Add(Stopwatch.GetElapsedTime(openedAt, refusal));
            }

            await cluster.Opened();
        }

        // However busy the machine is: a front door without a lease asks first.
        others.ShouldAllBe(time => time < Lease + OneCall);
        CircuitReport.Write(
            "A circuit that one front door opens",
            string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds; each of the three front doors opens it in turn, by {CircuitCluster.Throughput} failed calls, while the two others serve calls that go well"),
            "time from the instance's answer to the call that opens it until the client has the first 503 `circuit-open`:",
            $"at the front door that opens it: {Figures.Of(own)}",
            $"at the others: {Figures.Of(others)}",
            string.Create(CultureInfo.InvariantCulture, $"of these within 50 ms: {others.Count(time => time.TotalMilliseconds <= 50)} of {others.Count}"),
            $"in {WarmUp} rounds before, with processes that have just started, all front doors: {Figures.Of(cold)}");
    }

    [Fact]
    public async Task Front_door_that_hung_lets_no_call_through_once_its_lease_is_over()
    {
        await using var turn = await whole.Take();
        await using var cluster = await CircuitCluster.Start(turn.Cluster, sleep: "1h");
        var hung = cluster.Doors[2];
        (await cluster.Call(hung, HttpStatusCode.OK)).Status.ShouldBe(HttpStatusCode.OK);
        hung.Process.Suspend();
        var openedAt = await cluster.Trip(cluster.Doors[0]);
        await Eventually.Holds(
            async () => (await cluster.Call(cluster.Doors[1], HttpStatusCode.OK)).Refused, TimeSpan.FromSeconds(30), () => "open at the next");
        await Task.Delay(Lease - Stopwatch.GetElapsedTime(openedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero, Cancel);
        cluster.Instance.Forget();

        var calls = Enumerable.Range(0, 20).Select(_ => cluster.Call(hung, HttpStatusCode.OK)).ToArray();
        hung.Process.Resume();
        var answers = await Task.WhenAll(calls);

        answers.ShouldAllBe(answer => answer.Refused);
        cluster.Instance.Visits.ShouldBeEmpty();
        CircuitReport.Write(
            "A front door that hangs while a circuit opens",
            string.Create(CultureInfo.InvariantCulture, $"suspended before, resumed {Stopwatch.GetElapsedTime(openedAt, answers[0].SentAt).TotalSeconds:0.0} s after: of {calls.Length} calls that it had when it went on none reached the instance"));
    }

    [Fact]
    public async Task Half_open_circuit_admits_one_call_in_the_cluster_also_while_silos_and_a_front_door_die()
    {
        var sleep = TimeSpan.FromMilliseconds(300);
        var each = CircuitReport.IsAskedFor ? 30 : 8;
        await using var turn = await whole.Take();
        await using var cluster = await CircuitCluster.Start(turn.Cluster, sleep: "300ms");
        await cluster.Trip(cluster.Doors[0]);
        foreach (var door in cluster.Doors)
        {
            await FirstRefusal(cluster, door, HttpStatusCode.InternalServerError);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        cluster.Instance.Forget();
        cluster.Instance.Takes = TimeSpan.FromMilliseconds(50);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var callers = cluster.Doors.SelectMany(door => Enumerable.Range(0, 4).Select(_ => Keep(cluster, door, over.Token))).ToArray();
        var probes = new List<int> { await More(cluster, each) };
        await cluster.Cluster.Silos[0].Process.Kill();
        probes.Add(await More(cluster, each));
        await cluster.Doors[2].Process.Kill();
        probes.Add(await More(cluster, each));
        await over.CancelAsync();
        var calls = (await Task.WhenAll(callers)).Sum();

        var visits = cluster.Instance.Visits;
        var overlaps = visits.Skip(1).Zip(visits, (next, last) => next.From < last.Until).Count(overlap => overlap);
        var gaps = visits.Skip(1).Zip(visits, (next, last) => Stopwatch.GetElapsedTime(last.From, next.From)).ToArray();
        CircuitReport.Write(
            "Probes of a half-open circuit",
            string.Create(CultureInfo.InvariantCulture, $"12 callers through three front doors, {calls} calls; a silo and then a front door are killed meanwhile; sleep {sleep.TotalMilliseconds} ms, each probe takes 50 ms and fails"),
            string.Create(CultureInfo.InvariantCulture, $"{visits.Count} calls reached the instance ({string.Join(", then ", probes)}); two at once: {overlaps}"),
            string.Create(CultureInfo.InvariantCulture, $"shortest time from one to the next: {gaps.Min().TotalMilliseconds:0} ms, longest {gaps.Max().TotalMilliseconds:0} ms"));
        overlaps.ShouldBe(0);
        gaps.Min().ShouldBeGreaterThan(sleep / 2);
    }

    private static async Task<int> More(CircuitCluster cluster, int count)
    {
        var before = cluster.Instance.Visits.Count;
        await Eventually.Holds(
            () => Task.FromResult(cluster.Instance.Visits.Count >= before + count), TimeSpan.FromSeconds(60), () => $"{count} more probes");
        return cluster.Instance.Visits.Count - before;
    }

    private static async Task<long> FirstRefusal(CircuitCluster cluster, GatehouseProcess door, HttpStatusCode answer)
    {
        while (true)
        {
            var call = await cluster.Call(door, answer);
            if (call.Refused)
            {
                return call.AnsweredAt;
            }

            await Task.Delay(1, Cancel);
        }
    }

    private static async Task<int> Keep(CircuitCluster cluster, GatehouseProcess door, CancellationToken over)
    {
        var calls = 0;
        while (!over.IsCancellationRequested)
        {
            calls++;
            await cluster.Call(door, HttpStatusCode.InternalServerError);
            await Task.Delay(5, Cancel);
        }

        return calls;
    }
}
