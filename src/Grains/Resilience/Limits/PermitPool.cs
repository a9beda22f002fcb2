namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// What a limit can still lend. A lent permit counts against the limit from the moment it is lent, because it may be used
/// at any time until it is reported or its term is over. All times are on the limiter's own monotonic clock.
/// </summary>
internal abstract class PermitPool
{
    /// <summary>Lent, and not reported yet.</summary>
    public int Lent { get; private set; }

    /// <summary>How long permits that are lent now may be used.</summary>
    public virtual TimeSpan TermAt(TimeSpan now) => LimitTimings.Term;

    /// <summary>How many can be lent now.</summary>
    public abstract int Available(TimeSpan now);

    /// <summary>Lends at most <see cref="Available"/>.</summary>
    public void Lend(int permits, TimeSpan now)
    {
        Advance(now);
        Lent += permits;
        OnLent(permits);
    }

    /// <summary>Lent permits were used, at the latest at the given time.</summary>
    public void Use(int permits, TimeSpan latest, TimeSpan now)
    {
        Advance(now);
        Lent -= permits;
        OnUsed(permits, latest);
    }

    /// <summary>Lent permits come back and will not be used.</summary>
    public void Return(int permits, TimeSpan now)
    {
        Advance(now);
        Lent -= permits;
        OnReturned(permits);
    }

    /// <summary>After what time there may be one more.</summary>
    public abstract TimeSpan NextAfter(TimeSpan now);

    /// <summary>After what time all are there again, when none is used.</summary>
    public abstract TimeSpan ResetAfter(TimeSpan now);

    /// <summary>Whether it is as a new one would be.</summary>
    public abstract bool AtRest(TimeSpan now);

    /// <summary>What is used up, and when it comes back.</summary>
    public abstract IEnumerable<SpentPermits> Used(TimeSpan now);

    /// <summary>Takes over what another limiter has counted.</summary>
    public abstract void Restore(SpentPermits spent, TimeSpan now);

    /// <summary>Counts in what the time has brought; before anything else changes.</summary>
    protected virtual void Advance(TimeSpan now)
    {
    }

    protected virtual void OnLent(int permits)
    {
    }

    protected abstract void OnUsed(int permits, TimeSpan latest);

    protected virtual void OnReturned(int permits)
    {
    }
}
