namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// A token bucket. Tokens in the bucket and lent ones together are never more than the burst, so that in any span of time,
/// the burst and what flows in during it is all that can be used.
/// </summary>
internal sealed class TokenBucket : PermitPool
{
    private readonly LimitRule rule;

    // In permits times the ticks of the rule's time: whole numbers, so that nothing is rounded.
    private long credit;
    private TimeSpan filledAt;

    /// <param name="rule">The rule.</param>
    /// <param name="emptyAt">When the bucket must be taken to have been empty; null when it is full.</param>
    /// <param name="now">The time.</param>
    public TokenBucket(LimitRule rule, TimeSpan? emptyAt, TimeSpan now)
    {
        this.rule = rule;
        filledAt = emptyAt ?? now;
        credit = emptyAt is null ? rule.Burst * rule.Per.Ticks : 0;
    }

    public override int Available(TimeSpan now)
    {
        Advance(now);
        return (int)(credit / rule.Per.Ticks);
    }

    public override TimeSpan NextAfter(TimeSpan now)
    {
        Advance(now);
        return credit >= rule.Per.Ticks || Lent >= rule.Burst
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(((rule.Per.Ticks - credit) / rule.Permits) + 1);
    }

    public override TimeSpan ResetAfter(TimeSpan now)
    {
        Advance(now);
        return TimeSpan.FromTicks(((rule.Burst * rule.Per.Ticks) - credit) / rule.Permits);
    }

    public override bool AtRest(TimeSpan now) => Available(now) == rule.Burst;

    public override IEnumerable<SpentPermits> Used(TimeSpan now)
    {
        var missing = rule.Burst - Available(now) - Lent;
        return missing > 0 ? [new SpentPermits(missing, TimeSpan.Zero)] : [];
    }

    public override void Restore(SpentPermits spent, TimeSpan now)
    {
        Advance(now);
        credit = Math.Max(0, credit - (spent.Permits * rule.Per.Ticks));
    }

    protected override void OnLent(int permits) => credit -= permits * rule.Per.Ticks;

    protected override void OnUsed(int permits, TimeSpan latest)
    {
        // The room that the lent permits took is free to be filled from now on.
    }

    protected override void OnReturned(int permits) => credit += permits * rule.Per.Ticks;

    protected override void Advance(TimeSpan now)
    {
        if (now <= filledAt)
        {
            return;
        }

        var room = (rule.Burst - Lent) * rule.Per.Ticks;
        var elapsed = (now - filledAt).Ticks;
        // Longer than it takes to fill, the product could overflow.
        credit = elapsed > (room - credit) / rule.Permits ? Math.Max(credit, room) : credit + (elapsed * rule.Permits);
        filledAt = now;
    }
}
