using System.Collections.Immutable;

namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>A limit of requests in a time: permits are lent for a term, and reported used or given back.</summary>
internal sealed class PermitAccount(LimitRule rule, PermitPool pool) : ILimitAccount
{
    // Lent ahead at most this part of what is left, so that other front doors find some too.
    private const int AheadShare = 4;

    private readonly Dictionary<long, Loan> loans = [];
    private long lastLease;

    public LimitGrant Exchange(Guid door, LimitAsk ask, long epoch, TimeSpan now)
    {
        Lapse(now);
        foreach (var report in ask.Reports)
        {
            // What another epoch lent, this one has counted as used already.
            if (report.Epoch == epoch)
            {
                Settle(report, now);
            }
        }

        var available = pool.Available(now);
        var wanted = Math.Max(0, ask.Now);
        var permits = Math.Min(available, Math.Max(wanted, Math.Min(ask.Ahead, available / AheadShare)));
        var term = pool.TermAt(now);
        if (permits > 0)
        {
            Lend(permits, term, now);
        }

        var pause = permits < wanted ? pool.NextAfter(now) : TimeSpan.Zero;
        return new LimitGrant(
            permits > 0 ? lastLease : 0,
            permits,
            term,
            available - permits,
            permits < wanted && pause < LimitTimings.Pace ? LimitTimings.Pace : pause,
            pool.ResetAfter(now));
    }

    public bool AtRest(TimeSpan now)
    {
        Lapse(now);
        return loans.Count == 0 && pool.AtRest(now);
    }

    public AccountSnapshot Snapshot(string key, TimeSpan now)
    {
        Lapse(now);
        return new AccountSnapshot(key, rule) { Lent = pool.Lent, Spent = [.. pool.Used(now)] };
    }

    /// <summary>Takes over from a limiter that has stopped lending.</summary>
    public void Restore(AccountSnapshot snapshot, TimeSpan now)
    {
        foreach (var spent in snapshot.Spent)
        {
            pool.Restore(spent, now);
        }

        // Nobody reports them under this epoch: they count as used when their term is over.
        if (snapshot.Lent > 0)
        {
            Lend(snapshot.Lent, LimitTimings.Term, now);
        }
    }

    private void Lend(int permits, TimeSpan term, TimeSpan now)
    {
        pool.Lend(permits, now);
        loans.Add(++lastLease, new Loan(permits, now, now + LimitTimings.WithMargin(term)));
    }

    private void Settle(LeaseReport report, TimeSpan now)
    {
        if (!loans.TryGetValue(report.Lease, out var loan))
        {
            return;
        }

        var used = Math.Clamp(report.Used, loan.Used, loan.Permits);
        if (used > loan.Used)
        {
            var latest = loan.LentAt + LimitTimings.WithMargin(report.Elapsed);
            pool.Use(used - loan.Used, latest < now ? latest : now, now);
        }

        if (report.Closed)
        {
            pool.Return(loan.Permits - used, now);
            loans.Remove(report.Lease);
        }
        else
        {
            loans[report.Lease] = loan with { Used = used };
        }
    }

    // Whoever has them may be dead or may just not have reported: as far as is known, all were used at the last moment.
    private void Lapse(TimeSpan now)
    {
        foreach (var (lease, loan) in loans)
        {
            if (loan.EndsAt <= now)
            {
                pool.Use(loan.Permits - loan.Used, loan.EndsAt, loan.EndsAt);
                loans.Remove(lease);
            }
        }
    }

    private readonly record struct Loan(int Permits, TimeSpan LentAt, TimeSpan EndsAt, int Used = 0);
}

/// <summary>What a limiter that stops in good order leaves to its successor of one limit.</summary>
/// <param name="Key">The limit.</param>
/// <param name="Rule">What it enforces.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.account")]
internal sealed record AccountSnapshot([property: Id(0)] string Key, [property: Id(1)] LimitRule Rule)
{
    /// <summary>Permits that are lent.</summary>
    [Id(2)] public int Lent { get; init; }

    /// <summary>Permits that are used up.</summary>
    [Id(3)] public ImmutableArray<SpentPermits> Spent { get; init; } = [];

    /// <summary>Slots that front doors keep, of a limit of concurrent requests.</summary>
    [Id(4)] public ImmutableArray<HeldSlots> Held { get; init; } = [];
}

/// <summary>Slots that a front door keeps.</summary>
/// <param name="Door">The front door.</param>
/// <param name="Slots">How many.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.limits.held")]
internal readonly record struct HeldSlots([property: Id(0)] Guid Door, [property: Id(1)] int Slots);
