namespace Gatehouse.Grains.Identity.Throttling;

[GrainType("gatehouse.identity.throttle")]
internal sealed class ThrottleGrain(TimeProvider time) : Grain, IThrottleGrain
{
    private readonly Allowance allowance = new();

    public ValueTask<TimeSpan> Take(ThrottleLimit limit)
    {
        var now = time.GetUtcNow();
        var wait = allowance.Take(limit, now);
        // Collected before, it would forget what was taken.
        DelayDeactivation(allowance.WholeAt - now + TimeSpan.FromSeconds(1));
        return ValueTask.FromResult(wait);
    }

    public ValueTask Refund(ThrottleLimit limit)
    {
        allowance.Refund(limit);
        return ValueTask.CompletedTask;
    }
}
