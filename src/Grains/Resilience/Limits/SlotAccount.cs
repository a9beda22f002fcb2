namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// A limit of concurrent requests: front doors keep slots as long as they renew their term, whether a request is in them or
/// not. A front door that is not heard of for a term has lost its slots, and knows it.
/// </summary>
internal sealed class SlotAccount(LimitRule rule) : ILimitAccount
{
    private const int AheadShare = 4;

    private readonly Dictionary<Guid, Holder> holders = [];

    public LimitGrant Exchange(Guid door, LimitAsk ask, long epoch, TimeSpan now)
    {
        Lapse(now);

        // A front door that was not heard of for a term has lost its slots to others, but for the requests that are in them.
        var kept = holders.ContainsKey(door) ? ask.Holding : ask.InUse;
        Hold(door, kept, now);
        var available = Available();
        var wanted = Math.Clamp(ask.Now, 0, rule.Permits);
        var slots = Math.Min(available, Math.Max(wanted, Math.Min(ask.Ahead, available / AheadShare)));
        Hold(door, kept + slots, now);
        return new LimitGrant(
            0,
            kept + slots,
            LimitTimings.Term,
            available - slots,
            slots < wanted ? LimitTimings.Pace : TimeSpan.Zero,
            TimeSpan.Zero);
    }

    /// <summary>Takes note of what a front door keeps, and lends nothing.</summary>
    public void Claim(Guid door, int slots, TimeSpan now) => Hold(door, slots, now);

    public bool AtRest(TimeSpan now)
    {
        Lapse(now);
        return holders.Count == 0;
    }

    public AccountSnapshot Snapshot(string key, TimeSpan now)
    {
        Lapse(now);
        return new AccountSnapshot(key, rule) { Held = [.. holders.Select(holder => new HeldSlots(holder.Key, holder.Value.Slots))] };
    }

    /// <summary>Takes over from a limiter that has stopped lending.</summary>
    public void Restore(AccountSnapshot snapshot, TimeSpan now)
    {
        foreach (var held in snapshot.Held)
        {
            Hold(held.Door, held.Slots, now);
        }
    }

    private int Available()
    {
        var held = 0;
        foreach (var holder in holders.Values)
        {
            held += holder.Slots;
        }

        return Math.Max(0, rule.Permits - held);
    }

    private void Hold(Guid door, int slots, TimeSpan now)
    {
        if (slots <= 0)
        {
            holders.Remove(door);
        }
        else
        {
            holders[door] = new Holder(slots, now + LimitTimings.WithMargin(LimitTimings.Term));
        }
    }

    private void Lapse(TimeSpan now)
    {
        foreach (var (door, holder) in holders)
        {
            if (holder.EndsAt <= now)
            {
                holders.Remove(door);
            }
        }
    }

    private readonly record struct Holder(int Slots, TimeSpan EndsAt);
}
