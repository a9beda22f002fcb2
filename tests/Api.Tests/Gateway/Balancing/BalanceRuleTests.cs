using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

/// <summary>The rules of balancing through a front door: that each is given what it goes by.</summary>
public sealed class BalanceRuleTests
{
    private const int Calls = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ZoneAware_callsTheZoneOfTheFrontDoor()
    {
        var answered = await Answered(
            Rule(BalanceRule.ZoneAware),
            [("near", 1, "a"), ("far", 1, "b")],
            _ => { },
            options => options.Zone = "a");

        answered.ShouldBe(new Dictionary<string, int> { ["near"] = Calls });
    }

    [Fact]
    public async Task Weighted_followsTheRegisteredWeights()
    {
        var answered = await Answered(Rule(BalanceRule.Weighted), [("heavy", 9, ""), ("light", 1, "")], _ => { });

        answered["heavy"].ShouldBeGreaterThan(2 * answered["light"]);
    }

    [Fact]
    public async Task ConsistentHash_callsOneInstanceForAKey_andTwoForManyKeys()
    {
        var route = Rule(BalanceRule.ConsistentHash) with
        {
            BalanceDetails = new BalanceDetails { Key = new RequestKey { By = RequestKeyKind.Header, Name = "X-Shelf" } },
        };
        var (turn, instances) = (0, new (string, int, string)[] { ("1", 1, ""), ("2", 1, "") });

        var one = await Answered(route, instances, request => request.Headers.Add("X-Shelf", "7"));
        var many = await Answered(route, instances, request => request.Headers.Add("X-Shelf", $"{turn++}"));

        one.Count.ShouldBe(1);
        many.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WeightedResponseTime_callsTheSlowInstanceLess()
    {
        // Ribbon's rule goes by what was measured before: the first calls find out.
        var answered = await Answered(Rule(BalanceRule.WeightedResponseTime), [("fast", 1, ""), ("slow", 1, "")], _ => { }, calls: 200, slow: TimeSpan.FromMilliseconds(30));

        answered["fast"].ShouldBeGreaterThan(answered["slow"]);
    }

    [Fact]
    public async Task SlowStart_givesAnInstanceThatHasJustComeUpLessThanItsShare()
    {
        var route = Rule(BalanceRule.RoundRobin) with { BalanceDetails = new BalanceDetails { SlowStart = TimeSpan.FromMinutes(10) } };

        var answered = await Answered(route, [("old", 1, ""), ("new", 1, "")], _ => { }, upSince: id => id == "new" ? DateTimeOffset.UtcNow : DateTimeOffset.UtcNow.AddDays(-1));

        answered["old"].ShouldBeGreaterThan(2 * answered.GetValueOrDefault("new"));
    }

    private static RouteDocument Rule(BalanceRule rule) => Make.Route("/{**rest}") with { Balance = rule };

    private static async Task<Dictionary<string, int>> Answered(
        RouteDocument route,
        (string Id, int Weight, string Zone)[] instances,
        Action<HttpRequestMessage> prepare,
        Action<GatehouseOptions>? configure = null,
        int calls = Calls,
        TimeSpan slow = default,
        Func<string, DateTimeOffset?>? upSince = null)
    {
        var services = new List<Upstream>();
        try
        {
            foreach (var (id, _, _) in instances)
            {
                services.Add(await Upstream.Start(async context =>
                {
                    if (id == "slow")
                    {
                        await Task.Delay(slow, context.RequestAborted);
                    }

                    await context.Response.WriteAsync(id, context.RequestAborted);
                }));
            }

            var entries = instances.Select((one, i) =>
                Make.Entry(one.Id, services[i].Address, weight: one.Weight, zone: one.Zone, upSince: upSince?.Invoke(one.Id)));
            await using var front = await Front.Start([route], entries, configure);
            var answered = new List<string>();
            for (var call = 0; call < calls; call++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/");
                prepare(request);
                using var response = await front.Client.SendAsync(request, Cancel);
                answered.Add(await response.Content.ReadAsStringAsync(Cancel));
                // As the front door does once a second, to report to the cluster.
                front.Services.GetRequiredService<TrafficTable>().Collect();
            }

            return answered.CountBy(id => id).ToDictionary();
        }
        finally
        {
            foreach (var service in services)
            {
                await service.DisposeAsync();
            }
        }
    }
}
