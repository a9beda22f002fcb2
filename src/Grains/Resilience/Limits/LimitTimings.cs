namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>The timings of lent permits, the same in all processes of a cluster.</summary>
public static class LimitTimings
{
    /// <summary>How long lent permits may be used, counted by the front door from before it asked.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a limiter may lend after it began to read in the store that nobody has taken over. A limiter that was
    /// suspended and replaced lends nothing once that is over.
    /// </summary>
    internal static readonly TimeSpan Proof = TimeSpan.FromMilliseconds(600);

    /// <summary>After what age a proof is renewed beside the requests.</summary>
    internal static readonly TimeSpan ProofRenewal = Proof / 3;

    /// <summary>The least time between a front door's asks for permits that are not there.</summary>
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    /// <summary>A term with what clocks that run at different rates can make of it: 1 % and 20 ms.</summary>
    internal static TimeSpan WithMargin(TimeSpan term) => term + (term / 100) + TimeSpan.FromMilliseconds(20);
}
