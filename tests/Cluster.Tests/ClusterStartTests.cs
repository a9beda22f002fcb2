using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests;

/// <summary>A cluster of processes comes up, refuses strangers, survives losing a silo, and stops in good order.</summary>
[Collection(WholeCluster.Group)]
public sealed class ClusterStartTests(WholeCluster whole)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_silos_and_three_front_doors_come_up_and_are_ready()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;

        foreach (var door in cluster.FrontDoors)
        {
            await Eventually.Holds(() => door.Sees(silos: 3), TimeSpan.FromSeconds(10), door.Process.Log);
        }
    }

    [Fact]
    public async Task Cluster_mode_requires_the_secret_from_local_callers_too()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        using var stranger = new HttpClient { BaseAddress = cluster.FrontDoors[0].Management.BaseAddress };

        (await stranger.GetAsync("/metrics", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await cluster.FrontDoors[0].Management.GetAsync("/metrics", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Dashboard_is_served_to_whoever_has_the_secret_and_shows_every_silo()
    {
        await using var turn = await whole.Take();
        var management = turn.Cluster.FrontDoors[0].Management;
        using var stranger = new HttpClient { BaseAddress = management.BaseAddress };

        (await stranger.GetAsync("/dashboard/", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.GetAsync("/dashboard/DashboardCounters", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var page = await management.GetAsync("/dashboard/", Cancel);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        // It gathers them now and then.
        await Eventually.Holds(
            async () =>
            {
                using var counters = JsonDocument.Parse(await management.GetStringAsync("/dashboard/DashboardCounters", Cancel));
                return counters.RootElement.GetProperty("hosts").GetArrayLength() == turn.Cluster.Silos.Count;
            },
            TimeSpan.FromSeconds(15),
            () => "the dashboard does not show every silo");
    }

    [Fact]
    public async Task Killed_silo_is_noticed_and_the_front_door_is_ready_with_the_rest()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;

        await cluster.Silos[1].Process.Kill();
        var since = Stopwatch.GetTimestamp();

        await Eventually.Holds(() => cluster.FrontDoors[0].Sees(silos: 2), TimeSpan.FromSeconds(15), cluster.FrontDoors[0].Process.Log);
        TestContext.Current.TestOutputHelper?.WriteLine($"noticed after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");
    }

    [Fact]
    public async Task Terminated_processes_stop_in_good_order()
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;

        await cluster.FrontDoors[0].Process.Terminate().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await cluster.Silos[0].Process.Terminate().WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        cluster.FrontDoors[0].Process.ExitCode.ShouldBe(0, cluster.FrontDoors[0].Process.Log());
        cluster.Silos[0].Process.ExitCode.ShouldBe(0, cluster.Silos[0].Process.Log());
    }
}
