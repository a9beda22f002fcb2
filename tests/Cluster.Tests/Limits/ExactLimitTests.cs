using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Gatehouse.Cluster.Tests.Coherence;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Limits;

/// <summary>Limits hold over all front doors together, and nearly all of them can be used; also while processes die.</summary>
[Collection(WholeCluster.Group)]
public sealed class ExactLimitTests(WholeCluster whole)
{
    private const int Limit = 1000;
    private const int Offered = 5000;

    private static readonly TimeSpan Span = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sliding-window", 0)]
    [InlineData("token-bucket", 100)]
    public async Task Three_front_doors_under_five_times_the_limit_admit_all_of_it_and_never_more(string algorithm, int burst)
    {
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        var (service, limited, warm) = ($"LIMITED-{algorithm}", $"limited-{algorithm}", $"warm-{algorithm}");
        await using var instance = await Register(cluster, service);
        await Put(cluster, service, warm, new { permits = 1_000_000, by = "route" });
        await Put(cluster, service, limited, burst == 0
            ? new { permits = Limit, by = "route", algorithm }
            : (object)new { permits = Limit, by = "route", algorithm, burst });
        await new LimitLoad().Run(cluster.FrontDoors, $"/{warm}", 2000, TimeSpan.FromSeconds(3));
        await new LimitLoad().Run(cluster.FrontDoors, $"/{limited}", 100, TimeSpan.FromSeconds(1));

        var load = new LimitLoad();
        var began = Stopwatch.GetTimestamp();
        await load.Run(cluster.FrontDoors, $"/{limited}", Offered, Span);
        var end = began + (long)(Span.TotalSeconds * Stopwatch.Frequency);

        var offered = load.Calls.Count(call => call.AnsweredAt < end);
        var admitted = load.Admitted.Count(call => call.AnsweredAt < end);
        var most = LimitLoad.Most(load.Admitted, Second);
        load.Calls.ShouldAllBe(call => call.Status == HttpStatusCode.OK || call.Status == HttpStatusCode.TooManyRequests);
        LimitReport.Write(
            $"{algorithm}, 1,000/s{(burst > 0 ? $", burst {burst}" : "")}, by route",
            string.Create(CultureInfo.InvariantCulture, $"offered evenly through all three for {Span.TotalSeconds} s: {offered} requests ({offered / Span.TotalSeconds:0}/s; meant were {Offered}/s)"),
            string.Create(CultureInfo.InvariantCulture, $"admitted: {admitted}, {100.0 * admitted / (Limit * Span.TotalSeconds):0.00} % of the limit"),
            string.Create(CultureInfo.InvariantCulture, $"most in any second: {most}"));
        admitted.ShouldBeLessThanOrEqualTo((int)(Limit * Span.TotalSeconds) + burst);
        most.ShouldBeLessThanOrEqualTo(Limit + burst);

        // A machine that is too busy to offer the load says nothing of how much of the limit can be used.
        if (offered >= 0.9 * Offered * Span.TotalSeconds)
        {
            admitted.ShouldBeGreaterThanOrEqualTo((int)(0.95 * Limit * Span.TotalSeconds));
        }
    }

    [Fact]
    public async Task Three_front_doors_together_pass_on_no_more_concurrent_requests_than_the_limit()
    {
        const int permits = 6;
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        await using var slow = await SlowService.Start(TimeSpan.FromMilliseconds(50));
        await new RegistryClient(TimeSpan.FromSeconds(20)).Register(cluster.FrontDoors[0], "SLOW", "i", slow.Address, 600, eureka: false);
        await Put(cluster, "SLOW", "slow", new { permits, by = "route", algorithm = "concurrent" });

        var load = new LimitLoad();
        await load.Run(cluster.FrontDoors, "/slow", 500, TimeSpan.FromSeconds(6));

        load.Calls.ShouldAllBe(call => call.Status == HttpStatusCode.OK || call.Status == HttpStatusCode.TooManyRequests);
        LimitReport.Write(
            $"{permits} concurrent requests, by route",
            string.Create(CultureInfo.InvariantCulture, $"offered evenly through all three for 6 s: {load.Calls.Count} requests to a service that takes 50 ms"),
            string.Create(CultureInfo.InvariantCulture, $"admitted: {load.Admitted.Count} (120 a second would fill it); most at the service at once: {slow.MostAtOnce}"));
        slow.MostAtOnce.ShouldBeInRange(permits / 2, permits);
        load.Admitted.Count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task No_limit_is_exceeded_while_silos_and_a_front_door_die()
    {
        const int tenants = 23;
        const int permits = 20;
        await using var turn = await whole.Take();
        var cluster = turn.Cluster;
        await using var instance = await Register(cluster, "TENANTS");
        await Put(cluster, "TENANTS", "tenants", new { permits, by = $"header:{LimitLoad.TenantHeader}", algorithm = "sliding-window" });

        var load = new LimitLoad();
        var running = load.Run(cluster.FrontDoors, "/tenants", 1000, TimeSpan.FromSeconds(25), tenants);
        await Admitted(load, tenants, Stopwatch.GetTimestamp());
        await cluster.FrontDoors[2].Process.Kill();
        await cluster.Silos[0].Process.Kill();
        var killed = Stopwatch.GetTimestamp();
        await Admitted(load, tenants, killed);
        var recovered = Stopwatch.GetElapsedTime(killed);
        cluster.Silos[1].Process.Suspend();
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(5), Cancel));
        cluster.Silos[1].Process.Resume();
        await running;

        var worst = load.Admitted.GroupBy(call => call.Tenant).Max(tenant => LimitLoad.Most(tenant, Second));
        LimitReport.Write(
            "Silos killed and hung, a front door killed",
            string.Create(CultureInfo.InvariantCulture, $"{tenants} tenants with {permits}/s each (sliding window), {load.Calls.Count} requests, {load.Admitted.Count} admitted, {load.Count(HttpStatusCode.ServiceUnavailable)} refused as unknown (503)"),
            string.Create(CultureInfo.InvariantCulture, $"most of one tenant in any second: {worst}"),
            string.Create(CultureInfo.InvariantCulture, $"every tenant was admitted again {recovered.TotalSeconds:0.0} s after a silo and a front door were killed together"));
        worst.ShouldBeLessThanOrEqualTo(permits);
    }

    [Fact]
    public async Task A_quota_is_kept_when_every_silo_is_killed()
    {
        const int permits = 400;
        await using var cluster = await GatehouseCluster.Start(silos: 1, frontDoors: 2);
        await using var instance = await Register(cluster, "QUOTA");
        await Put(cluster, "QUOTA", "quota", new { permits, per = "month", by = "route" });

        var load = new LimitLoad();
        await load.Run(cluster.FrontDoors, "/quota", 200, Second);
        var before = load.Admitted.Count;
        await cluster.Silos[0].Process.Kill();
        await cluster.AddSilo();
        await Eventually.Holds(
            async () =>
            {
                await load.Run(cluster.FrontDoors, "/quota", 400, Second);
                return load.Admitted.Count > before && load.Calls.Last().Status == HttpStatusCode.TooManyRequests;
            },
            TimeSpan.FromSeconds(60),
            () => $"{load.Admitted.Count} admitted, {before} before the kill");

        load.Admitted.Count.ShouldBeLessThanOrEqualTo(permits);
        instance.Calls.ShouldBeLessThanOrEqualTo(permits);
        LimitReport.Write(
            "A quota whose silo is killed",
            string.Create(CultureInfo.InvariantCulture, $"quota {permits}: {before} admitted, then the only silo was killed and replaced; {load.Admitted.Count} admitted in all until it was used up"));
        before.ShouldBeGreaterThan(0);
    }

    private static Task Admitted(LimitLoad load, int tenants, long since) => Eventually.Holds(
        () => Task.FromResult(load.Admitted.Where(call => call.SentAt > since).Select(call => call.Tenant).Distinct().Count() == tenants),
        TimeSpan.FromSeconds(30),
        () => "every tenant is admitted");

    private static async Task<CountingInstance> Register(GatehouseCluster cluster, string service)
    {
        var instance = await CountingInstance.Start("limited");
        await new RegistryClient(TimeSpan.FromSeconds(20)).Register(cluster.FrontDoors[0], service, "i", instance.Address, 600, eureka: false);
        return instance;
    }

    private static async Task Put(GatehouseCluster cluster, string service, string id, object limit)
    {
        using var answer = await cluster.FrontDoors[0].Management.PutAsJsonAsync(
            $"/admin/v1/routes/{id}",
            new { match = new { path = $"/{id}" }, to = new { service }, auth = "anonymous", limit },
            Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
