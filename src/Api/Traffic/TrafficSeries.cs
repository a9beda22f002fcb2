using System.Numerics;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>
/// The calls of one route, service, instance or consumer at this front door. Recording takes no lock and allocates
/// nothing; once a second what was recorded is taken out.
/// </summary>
internal sealed class TrafficSeries(SeriesKey key)
{
    // More would cost memory for series that are seldom used; two cores on one stripe still only share a cache line.
    private const int MaxStripes = 16;

    private static readonly int StripeCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MaxStripes));

    private readonly SeriesStripe?[] stripes = new SeriesStripe[StripeCount];
    private volatile bool retired;

    public SeriesKey Key => key;

    /// <summary>Everything since the series began; of the collector.</summary>
    public TrafficSum Total { get; } = new();

    /// <summary>Since when it has been idle, or null; of the collector.</summary>
    public long? IdleSince { get; set; }

    /// <summary>Calls under way.</summary>
    public int InFlight
    {
        get
        {
            // A call may leave elsewhere than it entered; one that has left is then seen to have entered too.
            var left = stripes.Sum(stripe => stripe?.Left ?? 0);
            return (int)(Entered - left);
        }
    }

    /// <summary>Calls there ever were.</summary>
    public long Entered => stripes.Sum(stripe => stripe?.Entered ?? 0);

    /// <summary>Counts a call in, unless the series was retired since it was found.</summary>
    public bool TryEnter()
    {
        var stripe = Stripe();
        stripe.Enter();
        if (!retired)
        {
            return true;
        }

        stripe.Leave();
        return false;
    }

    /// <summary>Counts a call out.</summary>
    public void Leave(in CallFigures call)
    {
        var stripe = Stripe();
        stripe.Record(call.Microseconds, call.Outcome, call.BytesIn, call.BytesOut);
        // Last, so that a series without calls under way has all of them recorded.
        stripe.Leave();
    }

    /// <summary>Counts a call that was not made.</summary>
    public void Refuse(CallOutcome outcome) => Stripe().Record(0, outcome, 0, 0);

    /// <summary>Takes no more calls, unless some are under way: a call raises its count before it reads the mark.</summary>
    public bool TryRetire()
    {
        retired = true;
        Interlocked.MemoryBarrier();
        if (InFlight == 0)
        {
            return true;
        }

        retired = false;
        return false;
    }

    /// <summary>Takes out what was recorded since the last time. Of the collector.</summary>
    public TrafficSum Drain()
    {
        var sum = new TrafficSum();
        foreach (var stripe in stripes)
        {
            stripe?.Drain(sum);
        }

        Total.Add(sum);
        return sum;
    }

    private SeriesStripe Stripe()
    {
        var index = Thread.GetCurrentProcessorId() & (StripeCount - 1);
        return stripes[index] ?? Make(index);
    }

    private SeriesStripe Make(int index)
    {
        var made = new SeriesStripe();
        return Interlocked.CompareExchange(ref stripes[index], made, null) ?? made;
    }
}
