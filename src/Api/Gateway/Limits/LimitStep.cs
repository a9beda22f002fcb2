using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Asks a route's limits for each request: all of them must admit it.</summary>
internal sealed class LimitStep
{
    private readonly string route;
    private readonly ImmutableArray<RouteLimiter> limits;
    private readonly GatewayStep next;
    private readonly LimitMetrics metrics;
    private readonly StringValues policies;
    private readonly bool countsConcurrent;

    public LimitStep(string route, ImmutableArray<RouteLimiter> limits, GatewayStep next, LimitMetrics metrics)
    {
        this.route = route;
        this.limits = limits;
        this.next = next;
        this.metrics = metrics;
        policies = string.Join(", ", limits.Select(limit => limit.Policy));
        countsConcurrent = limits.Any(limit => limit.CountsConcurrent);
    }

    public ValueTask<Problem?> Answer(GatewayCall call)
    {
        // The common case: one limit, and a permit at hand. Nothing is waited for, and nothing has to be undone.
        var first = limits[0].CellOf(call);
        if (limits.Length > 1 || countsConcurrent)
        {
            return Decide(call, first.TryAdmit(out var taken) ? taken : null, first);
        }

        if (!first.TryAdmit(out var admission))
        {
            return Decide(call, null, first);
        }

        Tell(call.Context, limits[0].Item(admission));
        return next(call);
    }

    private async ValueTask<Problem?> Decide(GatewayCall call, Admission? taken, LimitCell first)
    {
        var admitted = new List<(LimitCell Cell, Admission Admission)>(limits.Length);
        var items = new string[limits.Length];
        var served = false;
        try
        {
            for (var i = 0; i < limits.Length; i++)
            {
                var cell = i == 0 ? first : limits[i].CellOf(call);
                (cell, var admission) = i == 0 && taken is { } known ? (cell, known) : await Decide(limits[i], cell, i == 0, call);
                if (admission.Verdict == Verdict.Admitted)
                {
                    admitted.Add((cell, admission));
                }
                else
                {
                    metrics.Refused(route, limits[i].Name, admission.Verdict);
                    if (admission.Verdict == Verdict.Refused || !limits[i].AdmitsUnknown)
                    {
                        var problem = limits[i].Refusal(admission);
                        return problem with { Headers = problem.Headers.SetItem(RouteLimiter.PolicyHeader, policies.ToString()) };
                    }
                }

                items[i] = limits[i].Item(admission);
            }

            Tell(call.Context, string.Join(", ", items));
            served = true;
            return await next(call);
        }
        finally
        {
            foreach (var (cell, admission) in admitted)
            {
                if (served)
                {
                    cell.Leave();
                }
                else
                {
                    cell.Undo(admission);
                }
            }
        }
    }

    private static async ValueTask<(LimitCell Cell, Admission Admission)> Decide(
        RouteLimiter limit, LimitCell cell, bool counted, GatewayCall call)
    {
        if (!counted && cell.TryAdmit(out var admission))
        {
            return (cell, admission);
        }

        while (true)
        {
            if (await cell.Decide(call.Context.RequestAborted) is { } decided)
            {
                return (cell, decided);
            }

            // It was forgotten in between, as nobody had used it for long.
            cell = limit.CellOf(call);
        }
    }

    private void Tell(HttpContext context, string items)
    {
        var headers = context.Response.Headers;
        headers[RouteLimiter.PolicyHeader] = policies;
        headers[RouteLimiter.Header] = items;
    }
}
