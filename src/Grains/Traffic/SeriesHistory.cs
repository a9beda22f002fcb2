namespace Gatehouse.Grains.Traffic;

/// <summary>The calls of one series over all windows.</summary>
internal sealed class SeriesHistory
{
    /// <summary>The windows that are stored; the last minute is soon over.</summary>
    public static readonly TrafficWindow[] Stored = [TrafficWindow.Hour, TrafficWindow.Day];

    private readonly TrafficRing[] rings =
    [
        new(TimeSpan.FromSeconds(5), 12),
        new(TimeSpan.FromMinutes(1), 60),
        new(TimeSpan.FromMinutes(30), 48),
    ];

    /// <summary>When calls last ended.</summary>
    public DateTimeOffset LastUsed { get; private set; }

    public bool IsEmpty => Array.TrueForAll(rings, ring => ring.IsEmpty);

    public TrafficRing Ring(TrafficWindow window) => rings[(int)window];

    public void Add(DateTimeOffset at, TrafficCounts counts)
    {
        LastUsed = at > LastUsed ? at : LastUsed;
        foreach (var ring in rings)
        {
            ring.Add(at, counts);
            ring.Trim(at);
        }
    }

    public void Add(SeriesHistory other)
    {
        for (var i = 0; i < rings.Length; i++)
        {
            rings[i].Add(other.rings[i]);
        }
    }

    /// <summary>Puts back a stored step.</summary>
    public void Restore(TrafficWindow window, long number, TrafficCounts counts)
    {
        var began = Ring(window).Add(number, counts);
        LastUsed = began > LastUsed ? began : LastUsed;
    }

    public void Trim(DateTimeOffset now)
    {
        foreach (var ring in rings)
        {
            ring.Trim(now);
        }
    }
}
