namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>Decides whether a failed attempt is made again. Asked only when one has failed.</summary>
internal sealed class Retries(RetryBudgets budgets, AttemptMetrics metrics, TimeProvider time, Random random)
{
    // With less time left than this there will be no answer.
    private static readonly TimeSpan WorthIt = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether it is; if so it counts for the budget. Nothing of a response has been sent.</summary>
    /// <param name="call">The request.</param>
    /// <param name="service">Its service, upper-case.</param>
    /// <param name="end">How the attempt ended.</param>
    public bool Allow(GatewayCall call, string service, AttemptEnd end)
    {
        var plan = call.Plan.Retry;
        if (!plan.IsFailure(end)
            || call.Retries + 1 >= plan.Attempts
            || call.Circuits is { IsProbe: true }
            || !IsSafe(call, end)
            || call.Plan.Total - call.Spent < WorthIt
            || call.Context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        if (!budgets.Of(service).TryTake(plan.Budget))
        {
            metrics.BudgetExhausted(service);
            return false;
        }

        call.Retries++;
        metrics.Retried(service, end);
        return true;
    }

    /// <summary>Waits before the retry: a random time, so that requests that failed together do not come back together.</summary>
    public Task Wait(GatewayCall call)
    {
        var backoff = call.Plan.Retry.BackoffBefore(call.Retries) * random.NextDouble();
        return Task.Delay(backoff, time, call.Context.RequestAborted);
    }

    // After "connect" nothing was sent, so that any method may be.
    private static bool IsSafe(GatewayCall call, AttemptEnd end) =>
        call.Upload is not { CanRepeat: false }
        && (end.Kind == EndKind.Unreachable || RetryPlan.IsRepeatable(call.Context.Request));
}
