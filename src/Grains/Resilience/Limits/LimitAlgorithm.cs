namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>How a limit counts.</summary>
[GenerateSerializer, Alias("gatehouse.limits.algorithm")]
public enum LimitAlgorithm
{
    /// <summary>Permits flow in evenly and are saved up to a burst.</summary>
    TokenBucket = 0,

    /// <summary>No span of the window's length has more than the permits, wherever it begins.</summary>
    SlidingWindow = 1,

    /// <summary>No more than the permits at the same time.</summary>
    Concurrent = 2,

    /// <summary>No more than the permits in each calendar hour, day or month (UTC), kept in the store.</summary>
    Quota = 3,
}
