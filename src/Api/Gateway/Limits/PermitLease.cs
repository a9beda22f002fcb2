namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Permits that a limiter has lent to this front door for a term. Taking one takes no lock.</summary>
/// <param name="epoch">The limiter's epoch.</param>
/// <param name="number">The lease's number in it.</param>
/// <param name="permits">How many.</param>
/// <param name="askedAt">When this front door asked for them.</param>
/// <param name="endsAt">When they end, counted from then.</param>
/// <param name="lowWater">At how many left more should be asked for.</param>
internal sealed class PermitLease(long epoch, long number, int permits, long askedAt, long endsAt, int lowWater)
{
    // Far below what requests that find none can count it down to.
    private const int Closed = int.MinValue / 2;

    private int left = permits;

    public long Epoch => epoch;

    public long Number => number;

    public int Permits { get; } = permits;

    public long AskedAt => askedAt;

    public long EndsAt => endsAt;

    public int LowWater => lowWater;

    /// <summary>How many are left; 0 once closed.</summary>
    public int Left => Math.Max(0, Volatile.Read(ref left));

    /// <summary>Takes one.</summary>
    /// <param name="time">The clock, read after taking: a process that is suspended in between admits nothing late.</param>
    /// <param name="rest">How many are left then.</param>
    public bool TryTake(TimeProvider time, out int rest)
    {
        rest = 0;
        if (Volatile.Read(ref left) <= 0)
        {
            return false;
        }

        rest = Interlocked.Decrement(ref left);
        return rest >= 0 && time.GetTimestamp() < endsAt;
    }

    /// <summary>Puts one back that was not used after all; when no more can be taken from the lease, it counts as used.</summary>
    public void PutBack()
    {
        if (Volatile.Read(ref left) >= 0)
        {
            Interlocked.Increment(ref left);
        }
    }

    /// <summary>Ends it: nothing can be taken any more.</summary>
    /// <returns>How many were taken.</returns>
    public int Close() => Permits - Math.Clamp(Interlocked.Exchange(ref left, Closed), 0, Permits);
}
