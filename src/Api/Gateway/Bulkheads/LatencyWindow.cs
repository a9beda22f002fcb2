namespace Gatehouse.Api.Gateway.Bulkheads;

/// <summary>
/// What an adaptive limit knows of the requests of one window; added to by many threads at once. One that adds while it is read
/// may count in part, which of ten at least does not matter.
/// </summary>
/// <param name="start">When it began, as a timestamp.</param>
internal sealed class LatencyWindow(long start)
{
    private long sum;
    private int samples;
    private int busiest;

    /// <summary>When it began.</summary>
    public long Start => start;

    /// <summary>What requests took on average, in ticks.</summary>
    public double Average => (double)Volatile.Read(ref sum) / Volatile.Read(ref samples);

    /// <summary>The most that were under way.</summary>
    public int Busiest => Volatile.Read(ref busiest);

    /// <summary>Adds a request, and tells how many there are.</summary>
    public int Add(long ticks, int underWay)
    {
        var seen = Volatile.Read(ref busiest);
        while (underWay > seen)
        {
            var before = Interlocked.CompareExchange(ref busiest, underWay, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        Interlocked.Add(ref sum, ticks);
        return Interlocked.Increment(ref samples);
    }
}
