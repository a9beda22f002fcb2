namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// A sliding window. A used permit counts for a window's length after the latest time it can have been used at, rounded up
/// to a hundredth of the window. The clock must have begun more than a window ago.
/// </summary>
internal sealed class SlidingWindow : PermitPool
{
    private const int Slots = 100;

    private readonly LimitRule rule;
    private readonly long width;

    // By the number of the slot at whose end the permits were used; two more, for the one that is passing.
    private readonly int[] used = new int[Slots + 2];
    private long cleared;
    private int total;

    /// <param name="rule">The rule.</param>
    /// <param name="fullAt">When the window must be taken to have been used up; null when it was not.</param>
    /// <param name="now">The time.</param>
    public SlidingWindow(LimitRule rule, TimeSpan? fullAt, TimeSpan now)
    {
        this.rule = rule;
        width = Math.Max(1, rule.Per.Ticks / Slots);
        cleared = LastFree(now);
        if (fullAt is { } at)
        {
            Add(rule.Permits, at);
        }
    }

    public override int Available(TimeSpan now)
    {
        Advance(now);
        return Math.Max(0, rule.Permits - Lent - total);
    }

    public override TimeSpan NextAfter(TimeSpan now)
    {
        Advance(now);
        for (var slot = cleared + 1; slot <= cleared + used.Length && total > 0; slot++)
        {
            if (used[slot % used.Length] > 0)
            {
                return FreeAt(slot) - now;
            }
        }

        return TimeSpan.Zero;
    }

    public override TimeSpan ResetAfter(TimeSpan now)
    {
        Advance(now);
        for (var slot = cleared + used.Length; slot > cleared && total > 0; slot--)
        {
            if (used[slot % used.Length] > 0)
            {
                return FreeAt(slot) - now;
            }
        }

        return TimeSpan.Zero;
    }

    public override bool AtRest(TimeSpan now)
    {
        Advance(now);
        return total == 0 && Lent == 0;
    }

    public override IEnumerable<SpentPermits> Used(TimeSpan now)
    {
        Advance(now);
        for (var slot = cleared + 1; slot <= cleared + used.Length; slot++)
        {
            if (used[slot % used.Length] > 0)
            {
                yield return new SpentPermits(used[slot % used.Length], FreeAt(slot) - now);
            }
        }
    }

    public override void Restore(SpentPermits spent, TimeSpan now)
    {
        Advance(now);
        Add(spent.Permits, now + spent.BackAfter - rule.Per);
    }

    protected override void OnUsed(int permits, TimeSpan latest) => Add(permits, latest);

    private void Add(int permits, TimeSpan at)
    {
        var slot = (at.Ticks + width - 1) / width;
        if (slot <= cleared)
        {
            return;
        }

        used[slot % used.Length] += permits;
        total += permits;
    }

    protected override void Advance(TimeSpan now)
    {
        var free = LastFree(now);
        for (var slot = cleared + 1; slot <= Math.Min(free, cleared + used.Length); slot++)
        {
            total -= used[slot % used.Length];
            used[slot % used.Length] = 0;
        }

        cleared = Math.Max(cleared, free);
    }

    private TimeSpan FreeAt(long slot) => TimeSpan.FromTicks(slot * width) + rule.Per;

    // The last slot whose permits have left the window.
    private long LastFree(TimeSpan now) => (now - rule.Per).Ticks / width;
}
