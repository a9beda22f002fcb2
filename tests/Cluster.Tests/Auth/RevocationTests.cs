using System.Globalization;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Auth;

/// <summary>
/// Invariant: once the call that revoked a token has returned, no front door accepts the token. Not under load, not while a silo
/// dies, and not by a front door that hung meanwhile.
/// </summary>
[Collection(WholeCluster.Group)]
public sealed class RevocationTests(WholeCluster whole)
{
    private const int Rechecked = 2000;

    private static readonly MeasuredReport Report = new(
        "REVOCATION_REPORT",
        "revocation.md",
        "Revocation over three front doors, measured",
        "-class Gatehouse.Cluster.Tests.Auth.RevocationTests",
        "Times are those of `POST /connect/revoke` with the client's secret, from sending to the answer.");

    private static readonly int Tokens = Report.Wanted ? 10_000 : 120;

    // With each front door in turn.
    private static readonly int Hangs = Report.Wanted ? 15 : 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checklist04_no_front_door_accepts_a_token_once_its_revocation_has_returned_whatever_dies_or_hangs()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        await using var instance = await CountingInstance.Start("guarded");
        var client = await ClientTokens.Make(cluster.FrontDoors[0], instance);
        await using var load = new SteadyCalls(client, cluster.FrontDoors);

        await Measure("1 · Under load", cluster, client, load, JustGo);
        load.Counts.Failed.ShouldBe(0);
        await Measure("2 · While silos are killed (SIGKILL) and replaced", cluster, client, load, run => KillSilos(cluster, run));
        await Measure("3 · While a front door is stopped (SIGSTOP) and goes on", cluster, client, load, run => StopFrontDoors(cluster, run));
    }

    private static async Task Measure(string what, GatehouseCluster cluster, ClientTokens client, SteadyCalls load, Func<RevocationRun, Task<string>> go)
    {
        var run = new RevocationRun(client, cluster.FrontDoors);
        var before = load.Counts;
        var did = await go(run);
        await run.Recheck(Rechecked);
        var after = load.Counts;
        Report.Write(
            what,
            [
                did,
                .. run.Lines,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"calls with tokens that stay good meanwhile: {after.Calls - before.Calls}, of which {after.Failed - before.Failed} were not answered with 200"),
            ]);
        run.Accepted.ShouldBeEmpty();
    }

    private static async Task<string> JustGo(RevocationRun run)
    {
        await run.Go(Tokens);
        return "nothing dies or hangs";
    }

    private static async Task<string> KillSilos(GatehouseCluster cluster, RevocationRun run)
    {
        var running = run.Go(Tokens);
        var killed = 0;
        await Eventually.Holds(() => Task.FromResult(run.Revoked >= Tokens / 10 || running.IsCompleted), TimeSpan.FromMinutes(2), () => $"{run.Revoked} revoked");
        do
        {
            var oldest = cluster.Silos.First(silo => !silo.Process.HasExited);
            await oldest.Process.Kill();
            killed++;
            await cluster.AddSilo();
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(5), Cancel));
        }
        while (!running.IsCompleted);
        await running;
        return string.Create(CultureInfo.InvariantCulture, $"silos killed, one after the other, each replaced by another: {killed}");
    }

    private static async Task<string> StopFrontDoors(GatehouseCluster cluster, RevocationRun run)
    {
        var each = Math.Max(10, Tokens / Hangs);
        for (var round = 0; round < Hangs; round++)
        {
            var stopped = cluster.FrontDoors[round % 3];
            var others = cluster.FrontDoors.Where(door => door != stopped).ToArray();
            int[] numbers = [.. Enumerable.Range(round * each, each)];
            var tokens = await run.Prepare(numbers);
            stopped.Process.Suspend();
            await Stopped(stopped.Process);
            var waiting = new Task[each];
            await RevocationRun.EachInLanes(each, async i =>
            {
                await run.Revoke(numbers[i], tokens[i], others);
                // Sent now, and answered when it goes on.
                waiting[i] = run.UseAgain(numbers[i], tokens[i], [stopped]);
                await run.UseAgain(numbers[i], tokens[i], others);
            });
            stopped.Process.Resume();
            await Task.WhenAll(waiting);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Hangs} times, each front door in turn: stopped, {each} tokens revoked at the others (a lease is 3 s), used at all, also at the stopped one, and that resumed");
    }

    private static Task Stopped(ChildProcess process) => Eventually.Holds(
        async () => (await File.ReadAllTextAsync($"/proc/{process.Id}/stat", Cancel)).Split(") ")[^1].StartsWith('T'),
        TimeSpan.FromSeconds(5),
        process.Log);
}
