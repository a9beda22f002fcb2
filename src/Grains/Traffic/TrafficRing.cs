namespace Gatehouse.Grains.Traffic;

/// <summary>A series' calls by steps of time, the last so many of them.</summary>
/// <param name="step">The length of a step.</param>
/// <param name="steps">How many are kept, the one under way among them.</param>
internal sealed class TrafficRing(TimeSpan step, int steps)
{
    private readonly SortedDictionary<long, TrafficSum> sums = [];

    /// <summary>The steps with calls, by number.</summary>
    public IEnumerable<KeyValuePair<long, TrafficSum>> Steps => sums;

    /// <summary>Whether no calls are left.</summary>
    public bool IsEmpty => sums.Count == 0;

    /// <summary>Where the window that ends at a time begins.</summary>
    public DateTimeOffset Start(DateTimeOffset now) => new((StepOf(now) - steps + 1) * step.Ticks, TimeSpan.Zero);

    /// <summary>Adds calls at a time.</summary>
    public void Add(DateTimeOffset at, TrafficCounts counts) => At(StepOf(at)).Add(counts);

    /// <summary>Adds calls of a step; gives when it began.</summary>
    public DateTimeOffset Add(long number, TrafficCounts counts)
    {
        At(number).Add(counts);
        return new DateTimeOffset(number * step.Ticks, TimeSpan.Zero);
    }

    /// <summary>Adds another ring of the same steps.</summary>
    public void Add(TrafficRing other)
    {
        foreach (var (number, sum) in other.sums)
        {
            At(number).Add(sum);
        }
    }

    /// <summary>Adds the window that ends at a time to a sum.</summary>
    public void Read(DateTimeOffset now, TrafficSum into)
    {
        var first = StepOf(now) - steps + 1;
        foreach (var (number, sum) in sums)
        {
            if (number >= first)
            {
                into.Add(sum);
            }
        }
    }

    /// <summary>Forgets what is before the window that ends at a time.</summary>
    public void Trim(DateTimeOffset now)
    {
        var first = StepOf(now) - steps + 1;
        while (sums.Count > 0 && sums.First().Key is var oldest && oldest < first)
        {
            sums.Remove(oldest);
        }
    }

    private long StepOf(DateTimeOffset at) => at.UtcTicks / step.Ticks;

    private TrafficSum At(long number)
    {
        if (!sums.TryGetValue(number, out var sum))
        {
            sum = new TrafficSum();
            sums[number] = sum;
        }

        return sum;
    }
}
