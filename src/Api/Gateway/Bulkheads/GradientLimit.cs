using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Gateway.Bulkheads;

/// <summary>
/// A limit of concurrent requests that follows their latency, after the gradient limits of Netflix's concurrency-limits:
/// while requests take longer than they do without load, they queue somewhere, and the limit falls in proportion; while
/// they do not, it grows. It is worked out anew ten times a second.
/// </summary>
/// <param name="most">The most it may become.</param>
/// <param name="time">The clock.</param>
internal sealed class GradientLimit(int most, TimeProvider time)
{
    private const int Least = 10;
    private const int First = 20;
    private const int MinSamples = 10;

    // What latency may vary without anything queueing.
    private const double Tolerance = 1.5;
    private const double SteepestFall = 0.5;
    private const double Smoothing = 0.2;

    // What requests take without load is averaged from both sides: it comes down within a second, and goes up within
    // minutes, so that a service that stays slow is believed in the end, but one that is buried is not taken for slow.
    private const double Down = 0.1;
    private const double Up = 1.0 / 3000;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private volatile LatencyWindow window = new(time.GetTimestamp());
    private double limit = Math.Min(most, First);
    private volatile int current = Math.Min(most, First);
    private double unloaded;

    /// <summary>The limit.</summary>
    public int Limit => current;

    /// <summary>Records a request that is over.</summary>
    /// <param name="took">How long it had its place.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="underWay">How many were under way with it.</param>
    public void Record(TimeSpan took, CallOutcome outcome, int underWay)
    {
        // One that failed at once, or was not sent, says nothing of how busy the service is.
        if (outcome is not (CallOutcome.Success or CallOutcome.ClientError or CallOutcome.Timeout))
        {
            return;
        }

        var open = window;
        if (open.Add(took.Ticks, underWay) < MinSamples || time.GetElapsedTime(open.Start) < Window || !gate.TryEnter())
        {
            return;
        }

        try
        {
            // Unless another has just done it.
            if (open == window)
            {
                window = new LatencyWindow(time.GetTimestamp());
                Update(Math.Max(1.0, open.Average), open.Busiest);
            }
        }
        finally
        {
            gate.Exit();
        }
    }

    // Holds the gate.
    private void Update(double shortTerm, int busiest)
    {
        if (unloaded.CompareTo(0) == 0)
        {
            unloaded = shortTerm;
        }

        unloaded += (shortTerm - unloaded) * (shortTerm < unloaded ? Down : Up);
        // What the limit does not hold back says nothing of it.
        if (busiest < limit / 2)
        {
            return;
        }

        // Room for some to queue, by which the limit grows.
        var gradient = Math.Clamp(Tolerance * unloaded / shortTerm, SteepestFall, 1);
        var next = (limit * gradient) + Math.Sqrt(limit);
        limit = Math.Clamp(limit + ((next - limit) * Smoothing), Math.Min(most, Least), most);
        current = (int)limit;
    }
}
