namespace Gatehouse.Api.Gateway.Limits;

/// <summary>How many requests a limit meets in this front door, admitted or not: the rate over the last few exchanges.</summary>
internal sealed class Demand(TimeProvider time)
{
    private const double MemorySeconds = 0.2;
    private const double ShortestSeconds = 0.002;

    private int counted;
    private long measuredAt = time.GetTimestamp();
    private double perSecond;
    private int touched;

    /// <summary>Whether a request came since this was last asked.</summary>
    public bool Touched => Interlocked.Exchange(ref touched, 0) > 0 || Volatile.Read(ref counted) > 0;

    /// <summary>Counts a request.</summary>
    public void Count() => Interlocked.Increment(ref counted);

    /// <summary>Works the rate out anew; by one at a time.</summary>
    public void Measure()
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(measuredAt, now).TotalSeconds;
        if (seconds < ShortestSeconds)
        {
            return;
        }

        var requests = Interlocked.Exchange(ref counted, 0);
        touched |= requests;
        measuredAt = now;
        perSecond += (1 - Math.Exp(-seconds / MemorySeconds)) * ((requests / seconds) - perSecond);
    }

    /// <summary>How many requests are likely in a time.</summary>
    public int In(TimeSpan span) => (int)Math.Min(1_000_000, perSecond * span.TotalSeconds);
}
