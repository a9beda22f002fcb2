namespace Gatehouse.Grains.Identity.Throttling;

/// <summary>Attempts that come back with time, all of which is in one instant: when there are as many as can be (GCRA).</summary>
internal sealed class Allowance
{
    /// <summary>When the allowance is whole again.</summary>
    public DateTimeOffset WholeAt { get; private set; }

    /// <summary>Takes one.</summary>
    /// <returns>Zero when there was one; otherwise how long to wait for it.</returns>
    public TimeSpan Take(ThrottleLimit limit, DateTimeOffset now)
    {
        var next = (WholeAt > now ? WholeAt : now) + limit.Refill;
        var wait = next - now - (limit.Burst * limit.Refill);
        if (wait > TimeSpan.Zero)
        {
            return wait;
        }

        WholeAt = next;
        return TimeSpan.Zero;
    }

    /// <summary>Gives one back.</summary>
    public void Refund(ThrottleLimit limit) => WholeAt -= limit.Refill;
}
