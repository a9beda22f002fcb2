namespace Gatehouse.Grains.Traffic;

/// <summary>Counts that are added up. Not thread-safe.</summary>
public sealed class TrafficSum
{
    private readonly long[] outcomes = new long[CallOutcomes.Count];

    /// <summary>How long the calls took.</summary>
    public LatencyCounts Latency { get; } = new();

    /// <summary>How long they took together, in microseconds.</summary>
    public long SumMicroseconds { get; private set; }

    /// <summary>How long the longest took.</summary>
    public long MaxMicroseconds { get; private set; }

    /// <summary>Bytes of requests' bodies.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Bytes of responses' bodies.</summary>
    public long BytesOut { get; private set; }

    /// <summary>
    /// Whether there is nothing in it. A second may have the error of a call that the second before has counted.
    /// </summary>
    public bool IsEmpty => Calls == 0 && SumMicroseconds == 0 && MaxMicroseconds == 0 && BytesIn == 0 && BytesOut == 0
        && Array.TrueForAll(outcomes, count => count == 0);

    /// <summary>All calls.</summary>
    public long Calls => Latency.Total;

    /// <summary>The calls that ended in an error.</summary>
    public long Errors => outcomes.Skip((int)CallOutcome.Failure).Sum();

    /// <summary>The calls that ended so.</summary>
    public long Of(CallOutcome outcome) =>
        outcome == CallOutcome.Success ? Math.Max(0, Calls - outcomes.Sum()) : outcomes[(int)outcome];

    /// <summary>Adds counts.</summary>
    public void Add(TrafficCounts counts)
    {
        Latency.Add(counts.Latency);
        AddFigures(counts.SumMicroseconds, counts.MaxMicroseconds, counts.BytesIn, counts.BytesOut);
        for (var i = 1; i < Math.Min(outcomes.Length, counts.Outcomes.Length); i++)
        {
            AddOutcome((CallOutcome)i, counts.Outcomes[i]);
        }
    }

    /// <summary>Adds another sum.</summary>
    public void Add(TrafficSum other)
    {
        Latency.Add(other.Latency);
        AddFigures(other.SumMicroseconds, other.MaxMicroseconds, other.BytesIn, other.BytesOut);
        for (var i = 1; i < outcomes.Length; i++)
        {
            AddOutcome((CallOutcome)i, other.outcomes[i]);
        }
    }

    /// <summary>Adds to the calls that ended so; they are among those of <see cref="Latency"/>.</summary>
    public void AddOutcome(CallOutcome outcome, long calls) => outcomes[(int)outcome] += calls;

    /// <summary>Adds to the other figures.</summary>
    public void AddFigures(long sum, long max, long bytesIn, long bytesOut)
    {
        SumMicroseconds += sum;
        MaxMicroseconds = Math.Max(MaxMicroseconds, max);
        BytesIn += bytesIn;
        BytesOut += bytesOut;
    }

    /// <summary>What it holds now.</summary>
    public TrafficCounts ToCounts() => new()
    {
        Latency = Latency.ToHistogram(),
        SumMicroseconds = SumMicroseconds,
        MaxMicroseconds = MaxMicroseconds,
        Outcomes = Array.TrueForAll(outcomes, count => count == 0) ? [] : [.. outcomes],
        BytesIn = BytesIn,
        BytesOut = BytesOut,
    };
}
