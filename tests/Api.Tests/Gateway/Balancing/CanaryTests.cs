using System.Net;
using CsCheck;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class CanaryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Shares_follow_the_weights()
    {
        const int keys = 20_000;
        Gen.Int[0, 100].Array[2, 6].Where(weights => weights.Sum() > 0).Sample(
            weights =>
            {
                var target = Target(weights);
                var counts = Keys(keys).CountBy(target.Pick).ToDictionary();
                for (var i = 0; i < weights.Length; i++)
                {
                    var share = (double)weights[i] / weights.Sum();
                    Math.Abs(counts.GetValueOrDefault($"S{i}") - (keys * share))
                        .ShouldBeLessThanOrEqualTo(6 * Math.Sqrt(keys * share * (1 - share)) + 1e-9);
                }
            },
            iter: 30);
    }

    [Fact]
    public void Raising_a_weight_moves_keys_to_that_side_only()
    {
        Gen.Select(Gen.Int[0, 100].Array[2, 6], Gen.Int[0, 5], Gen.Int[1, 100]).Where((weights, _, _) => weights.Sum() > 0).Sample(
            (weights, which, more) =>
            {
                var side = which % weights.Length;
                var (before, after) = (Target(weights), Target([.. weights.Select((weight, i) => i == side ? weight + more : weight)]));
                Keys(500).ShouldAllBe(key => before.Pick(key) == after.Pick(key) || after.Pick(key) == $"S{side}");
            },
            iter: 100);
    }

    [Fact]
    public void From_ten_to_twenty_percent_nobody_leaves_the_canary()
    {
        var (before, after) = (Target([90, 10]), Target([80, 20]));

        Keys(10_000).Count(key => before.Pick(key) == "S1" && after.Pick(key) == "S0").ShouldBe(0);
        Keys(10_000).Count(key => before.Pick(key) == "S0" && after.Pick(key) == "S1").ShouldBeInRange(800, 1_200);
    }

    [Fact]
    public async Task Consumers_keep_their_side_at_every_front_door()
    {
        await using var stable = await Upstream.Start(context => context.Response.WriteAsync("stable", Cancel));
        await using var canary = await Upstream.Start(context => context.Response.WriteAsync("canary", Cancel));
        var route = Make.Route("/{**rest}") with
        {
            Id = "books",
            To = new RouteTarget
            {
                Split = [new SplitTarget { Service = "stable", Weight = 70 }, new SplitTarget { Service = "canary", Weight = 30 }],
            },
            Canary = new RouteCanary { Key = new RequestKey { By = RequestKeyKind.Header, Name = "X-Tenant" } },
        };
        var instances = new[] { Make.Entry("s", stable.Address, "STABLE"), Make.Entry("c", canary.Address, "CANARY") };
        await using var one = await Front.Start([route], instances);
        await using var other = await Front.Start([route], instances);

        var seen = new HashSet<(int Tenant, string Side)>();
        for (var i = 0; i < 300; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("X-Tenant", $"t{i % 60}");
            using var answer = await (i % 2 == i / 60 % 2 ? one : other).Client.SendAsync(request, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            seen.Add((i % 60, await answer.Content.ReadAsStringAsync(Cancel)));
        }

        seen.Count.ShouldBe(60);
        seen.Select(tenant => tenant.Side).Distinct().Count().ShouldBe(2);
    }

    private static CompiledTarget Target(int[] weights) => new(new RouteTarget
    {
        Split = [.. weights.Select((weight, i) => new SplitTarget { Service = $"s{i}", Weight = weight })],
    });

    private static IEnumerable<ulong> Keys(int count) => Enumerable.Range(0, count).Select(i => (ulong)i * 0x9E3779B97F4A7C15);
}
