using System.Collections.Immutable;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// All limits of one limiter. Times are on its own monotonic clock, which begins long enough before its first use for every
/// window (<see cref="ClockStart"/>).
/// </summary>
internal sealed class LimiterBook
{
    /// <summary>Where the clock begins.</summary>
    public static readonly TimeSpan ClockStart = TimeSpan.FromDays(1);

    // How long a front door that is not heard of is remembered; its messages do not live that long.
    private static readonly TimeSpan DoorMemory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ILimitAccount> accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (long Sequence, TimeSpan At)> doors = [];
    private readonly long epoch;
    private readonly TimeSpan? opensAt;

    /// <param name="epoch">The limiter's epoch.</param>
    /// <param name="predecessor">
    /// What a predecessor left that stopped in good order; null when it is not known what a predecessor has lent.
    /// </param>
    /// <param name="now">The time.</param>
    public LimiterBook(long epoch, LimiterLegacy? predecessor, TimeSpan now)
    {
        this.epoch = epoch;
        if (predecessor is not null)
        {
            opensAt = now - predecessor.OpenFor;
            Restore(predecessor.Accounts, now);
        }
        else
        {
            // The predecessor may go on until its proof has run out, and what it lent then until its term has.
            opensAt = now + LimitTimings.WithMargin(LimitTimings.Proof) + LimitTimings.WithMargin(LimitTimings.Term);
        }
    }

    /// <summary>How many limits it knows.</summary>
    public int Count => accounts.Count;

    /// <summary>Takes reports and lends permits.</summary>
    public LimitAnswer Exchange(LimitExchange exchange, TimeSpan now)
    {
        if (doors.TryGetValue(exchange.Door, out var last) && exchange.Sequence <= last.Sequence)
        {
            return new LimitAnswer(epoch, []);
        }

        doors[exchange.Door] = (exchange.Sequence, now);
        var grants = ImmutableArray.CreateBuilder<LimitGrant>(exchange.Asks.Length);
        foreach (var ask in exchange.Asks)
        {
            grants.Add(now < opensAt ? Recover(exchange.Door, ask, opensAt.Value - now, now) : Of(ask, now).Exchange(exchange.Door, ask, epoch, now));
        }

        return new LimitAnswer(epoch, grants.DrainToImmutable());
    }

    /// <summary>Forgets what is as if it had never been used.</summary>
    public void Sweep(TimeSpan now)
    {
        foreach (var (key, account) in accounts)
        {
            if (account.AtRest(now))
            {
                accounts.Remove(key);
            }
        }

        foreach (var (door, heard) in doors)
        {
            if (now - heard.At > DoorMemory)
            {
                doors.Remove(door);
            }
        }
    }

    /// <summary>What a successor must know; null while it is not known here.</summary>
    public LimiterLegacy? Snapshot(TimeSpan now)
    {
        if (now < opensAt)
        {
            return null;
        }

        Sweep(now);
        return new LimiterLegacy(
            [.. accounts.Select(account => account.Value.Snapshot(account.Key, now))], now - opensAt);
    }

    private ILimitAccount Of(LimitAsk ask, TimeSpan now)
    {
        if (!accounts.TryGetValue(ask.Key, out var account))
        {
            account = Make(ask.Rule, opensAt, now);
            accounts.Add(ask.Key, account);
        }

        return account;
    }

    // A limit that was not heard of since the predecessor may have been used up by it until the last moment.
    private static ILimitAccount Make(LimitRule rule, TimeSpan? spentAt, TimeSpan now) => rule.Algorithm switch
    {
        LimitAlgorithm.Concurrent => new SlotAccount(rule),
        LimitAlgorithm.SlidingWindow => new PermitAccount(rule, new SlidingWindow(rule, spentAt, now)),
        _ => new PermitAccount(rule, new TokenBucket(rule, spentAt, now)),
    };

    // Nothing is lent yet, but slots with requests in them are taken note of.
    private LimitGrant Recover(Guid door, LimitAsk ask, TimeSpan wait, TimeSpan now)
    {
        var kept = 0;
        if (ask.Rule.Algorithm == LimitAlgorithm.Concurrent && Of(ask, now) is SlotAccount slots)
        {
            kept = Math.Max(0, ask.Holding);
            slots.Claim(door, kept, now);
        }

        return new LimitGrant(0, kept, LimitTimings.Term, 0, wait, wait, Recovering: true);
    }

    private void Restore(ImmutableArray<AccountSnapshot> left, TimeSpan now)
    {
        foreach (var snapshot in left)
        {
            var account = Make(snapshot.Rule, spentAt: null, now);
            accounts.Add(snapshot.Key, account);
            if (account is PermitAccount permits)
            {
                permits.Restore(snapshot, now);
            }
            else if (account is SlotAccount slots)
            {
                slots.Restore(snapshot, now);
            }
        }
    }
}
