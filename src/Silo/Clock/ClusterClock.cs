namespace Gatehouse.Silo.Clock;

/// <summary>
/// The time of day that all processes of a cluster share, whatever the clocks of their machines say: leases, tokens and commands are
/// written by one process and judged by another. It is read from the store, and runs on by the monotonic clock in between, so that a
/// clock that is wrong, or stepped while the process runs, changes nothing.
/// </summary>
/// <param name="system">The clock that measures what has passed since.</param>
public sealed class ClusterClock(TimeProvider system) : TimeProvider
{
    // What a reading cannot tell from a clock that agrees.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private Reading last = new(system.GetUtcNow(), system.GetTimestamp());

    /// <inheritdoc/>
    public override long TimestampFrequency => system.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var known = Volatile.Read(ref last);
        return known.Time + system.GetElapsedTime(known.Timestamp);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => system.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Takes a reading of the store's clock. What it may be wrong by, half of the time that it took, is not taken for a difference: the
    /// time does not jitter with the network.
    /// </summary>
    /// <param name="time">What the store answered.</param>
    /// <param name="asked">The timestamp before it was asked.</param>
    /// <returns>By how much the time was corrected.</returns>
    public TimeSpan Take(DateTimeOffset time, long asked)
    {
        var now = system.GetTimestamp();
        var uncertain = system.GetElapsedTime(asked, now) / 2;
        var difference = time + uncertain - GetUtcNow();
        if (difference.Duration() <= uncertain + Resolution)
        {
            return TimeSpan.Zero;
        }

        Volatile.Write(ref last, new Reading(time + uncertain, now));
        return difference;
    }

    private sealed record Reading(DateTimeOffset Time, long Timestamp);
}
