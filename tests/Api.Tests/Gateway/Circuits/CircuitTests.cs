using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>What fails too often gets no calls, is tried again by one call, and comes back; on real listeners.</summary>
public sealed class CircuitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_that_fails_is_answered_503_with_the_time_to_wait_and_gets_no_more_calls()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long), upstream);
        using var counters = new Counters(front.Services);
        upstream.Status = 500;
        await Call(front, times: 10);
        await Opened(circuits, "");

        var calls = upstream.Calls;
        using var response = await front.Client.GetAsync("/books", Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        problem.RootElement.GetProperty("type").GetString().ShouldBe("urn:gatehouse:error:circuit-open");
        upstream.Calls.ShouldBe(calls);
        counters.Of("gatehouse.circuit.short_circuited", ("gatehouse.service", "BOOKS")).ShouldBeGreaterThan(0);
        counters.Now("gatehouse.circuit.state").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Fewer_calls_than_the_minimum_open_nothing()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long) with { MinimumThroughput = 11 }, upstream);
        upstream.Status = 503;
        await Call(front, times: 10);
        upstream.Calls.ShouldBe(10);
        circuits.Find("BOOKS").State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public async Task Callers_faults_open_nothing()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long), upstream);
        upstream.Status = 404;
        await Call(front, times: 30);
        upstream.Calls.ShouldBe(30);
    }

    [Fact]
    public async Task Route_without_circuits_goes_on()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, RouteCircuit.None, upstream);
        upstream.Status = 500;
        await Call(front, times: 60);
        upstream.Calls.ShouldBe(60);
    }

    [Fact]
    public async Task Instance_that_fails_is_left_out_and_the_others_serve()
    {
        await using var bad = await Service.Start();
        await using var good = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long) with { FailureRate = 0.6 }, bad, good);
        bad.Status = 500;
        await Call(front, times: 20);
        await Opened(circuits, "0");

        var calls = bad.Calls;
        (await Call(front, times: 20)).ShouldAllBe(status => status == HttpStatusCode.OK);
        bad.Calls.ShouldBe(calls);
        circuits.Find("BOOKS").State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public async Task One_probe_after_the_sleep_closes_the_circuit_when_it_goes_well()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Short), upstream);
        upstream.Status = 500;
        await Call(front, times: 10);
        await Opened(circuits, "");
        await Opened(circuits, "0");

        upstream.Status = 200;
        await Until.Holds(async () => (await Call(front, times: 1)).Single() == HttpStatusCode.OK);
        await Until.Holds(() => Task.FromResult(!circuits.Find("BOOKS").IsOpen && !circuits.Find("BOOKS", "0").IsOpen));
        (await Call(front, times: 20)).ShouldAllBe(status => status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Many_callers_at_the_end_of_the_sleep_make_one_probe()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Short), upstream);
        upstream.Status = 500;
        await Call(front, times: 10);
        await Opened(circuits, "");
        await Opened(circuits, "0");
        await Task.Delay(Short + Short, Cancel);
        upstream.Hold();
        upstream.Status = 200;
        var calls = upstream.Calls;

        var callers = Enumerable.Range(0, 30).Select(_ => Call(front, times: 1)).ToArray();
        await Until.Holds(() => Task.FromResult(callers.Count(caller => caller.IsCompleted) >= 29));
        (upstream.Calls - calls).ShouldBeLessThanOrEqualTo(1);
        upstream.Release();
        var statuses = (await Task.WhenAll(callers)).SelectMany(status => status).ToArray();
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBeLessThanOrEqualTo(1);
        statuses.Count(status => status == HttpStatusCode.ServiceUnavailable).ShouldBeGreaterThanOrEqualTo(29);
    }

    [Fact]
    public async Task Failed_probe_opens_the_circuit_anew()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Short), upstream);
        upstream.Status = 500;
        await Call(front, times: 10);
        await Opened(circuits, "");
        var first = circuits.Find("BOOKS").Since;

        await Until.Holds(async () =>
        {
            await Call(front, times: 1);
            return circuits.Granted >= 2;
        });
        await Until.Holds(() => Task.FromResult(circuits.Find("BOOKS") is { State: CircuitState.Open } circuit && circuit.Since > first));
    }

    [Fact]
    public async Task Front_door_opens_its_circuit_alone_when_nobody_can_be_told_and_tries_again_by_itself()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits { Unreachable = true };
        await using var front = await Start(circuits, Rule(TimeSpan.FromSeconds(2)), upstream);
        upstream.Status = 500;
        await Call(front, times: 10);
        var calls = upstream.Calls;
        (await Call(front, times: 3)).ShouldAllBe(status => status == HttpStatusCode.ServiceUnavailable);
        upstream.Calls.ShouldBe(calls);

        upstream.Status = 200;
        await Until.Holds(async () => (await Call(front, times: 1)).Single() == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Circuit_that_the_cluster_left_open_is_tried_when_the_cluster_cannot_be_reached()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Short), upstream);
        upstream.Status = 500;
        await Call(front, times: 10);
        await Opened(circuits, "");
        await Opened(circuits, "0");

        circuits.Unreachable = true;
        circuits.View.State = LeaseState.Stale;
        upstream.Status = 200;
        await Until.Holds(async () => (await Call(front, times: 1)).Single() == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Operators_decision_holds_whatever_the_calls()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long), upstream);
        await circuits.Of("BOOKS").Force("", CircuitMode.ForcedOpen, "maintenance");
        (await Call(front, times: 3)).ShouldAllBe(status => status == HttpStatusCode.ServiceUnavailable);
        upstream.Calls.ShouldBe(0);

        await circuits.Of("BOOKS").Force("", CircuitMode.ForcedClosed, "known");
        await circuits.Of("BOOKS").Force("0", CircuitMode.ForcedClosed, "known");
        upstream.Status = 500;
        await Call(front, times: 40);
        upstream.Calls.ShouldBe(40);
    }

    [Fact]
    public async Task Unhealthy_instances_are_passed_over_unless_there_are_no_others()
    {
        await using var first = await Service.Start();
        await using var second = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, Rule(Long), first, second);
        await circuits.Of("BOOKS").Diagnose(new Dictionary<string, string?> { ["0"] = "ill" }.ToImmutableDictionary(), Long);
        await Call(front, times: 10);
        first.Calls.ShouldBe(0);

        await circuits.Of("BOOKS").Diagnose(new Dictionary<string, string?> { ["1"] = "ill" }.ToImmutableDictionary(), Long);
        (await Call(front, times: 10)).ShouldAllBe(status => status == HttpStatusCode.OK);
        first.Calls.ShouldBe(5);
    }

    [Fact]
    public async Task Outliers_are_passed_over_and_never_more_than_the_share()
    {
        await using var first = await Service.Start();
        await using var second = await Service.Start();
        await using var third = await Service.Start();
        var circuits = new LocalCircuits();
        var route = Make.Route("/books") with { Circuit = RouteCircuit.None, Outliers = new RouteOutliers { Consecutive = 3, Sleep = Long } };
        await using var front = await Front.Start(
            [route], new[] { first, second, third }.Select((service, i) => Make.Entry($"{i}", service.Address)), circuits: circuits);
        first.Status = second.Status = 500;
        await Call(front, times: 30);
        await Until.Holds(() => Task.FromResult(circuits.View.Current.Circuits.Values.Any(circuit => circuit.Ejected is not null)));
        await Call(front, times: 30);

        var ejected = circuits.View.Current.Circuits.Values.ShouldHaveSingleItem();
        ejected.IsOpen.ShouldBeFalse();
        var passedOver = ejected.Instance == "0" ? first : second;
        var calls = passedOver.Calls;
        await Call(front, times: 10);
        passedOver.Calls.ShouldBe(calls);
    }

    [Fact]
    public async Task Route_without_circuits_heeds_an_operator_and_no_others()
    {
        await using var upstream = await Service.Start();
        var circuits = new LocalCircuits();
        await using var front = await Start(circuits, RouteCircuit.None, upstream);
        await circuits.Of("BOOKS").Trip([new CircuitTrip("", DateTimeOffset.UtcNow, Long, "bad"), new CircuitTrip("0", DateTimeOffset.UtcNow, Long, "bad")]);
        (await Call(front, times: 3)).ShouldAllBe(status => status == HttpStatusCode.OK);

        await circuits.Of("BOOKS").Force("0", CircuitMode.ForcedOpen, "out");
        (await Call(front, times: 3)).ShouldAllBe(status => status == HttpStatusCode.ServiceUnavailable);
    }

    private static RouteCircuit Rule(TimeSpan sleep) => new() { MinimumThroughput = 10, Sleep = sleep };

    private static async Task<Front> Start(LocalCircuits circuits, RouteCircuit rule, params Service[] services)
    {
        var route = Make.Route("/books") with { Circuit = rule, Retry = new RouteRetry { Attempts = 1 } };
        return await Front.Start(
            [route], services.Select((service, i) => Make.Entry($"{i}", service.Address)), circuits: circuits);
    }

    private static async Task<IReadOnlyList<HttpStatusCode>> Call(Front front, int times)
    {
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
        {
            using var response = await front.Client.GetAsync("/books", Cancel);
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }

    private static Task Opened(LocalCircuits circuits, string instance) =>
        Until.Holds(() => Task.FromResult(circuits.Find("BOOKS", instance).IsOpen));
}
