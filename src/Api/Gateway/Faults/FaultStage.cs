using System.Diagnostics.Metrics;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Faults;

/// <summary>Makes up faults for a share of a route's requests.</summary>
internal sealed class FaultStage : IStage
{
    /// <summary>Tells that an answer met a fault that was made up.</summary>
    public const string Header = "Gatehouse-Fault";

    private readonly Random random;
    private readonly TimeProvider time;
    private readonly Counter<long> injected;

    public FaultStage(Random random, TimeProvider time, IMeterFactory meters)
    {
        this.random = random;
        this.time = time;
        injected = meters.Create(GatewayMetrics.MeterName).CreateCounter<long>(
            "gatehouse.gateway.faults", "{request}", "Requests that met a fault that was made up.");
    }

    public GatewayStep Build(CompiledRoute route, GatewayStep next) => route.Document.Inject is { } inject
        ? call => random.NextDouble() < inject.Share ? Inject(call, inject, next) : next(call)
        : next;

    private async ValueTask<Problem?> Inject(GatewayCall call, FaultInjection inject, GatewayStep next)
    {
        var context = call.Context;
        var kind = KindOf(inject);
        injected.Add(1, new("http.route", call.Plan.Pattern), new("gatehouse.fault", kind));
        if (inject.Delay > TimeSpan.Zero)
        {
            await Task.Delay(inject.Delay, time, context.RequestAborted);
        }

        if (inject.Abort)
        {
            context.Abort();
            return null;
        }

        if (inject.Status == 0)
        {
            context.Response.Headers[Header] = kind;
            return await next(call);
        }

        var problem = new Problem(inject.Status, "injected-fault", "A fault that was made up", "This route injects faults, so that clients can be tried.");
        return problem with { Headers = problem.Headers.SetItem(Header, kind) };
    }

    private static string KindOf(FaultInjection inject)
    {
        if (inject.Abort)
        {
            return "abort";
        }

        return inject.Status > 0 ? "status" : "delay";
    }
}
