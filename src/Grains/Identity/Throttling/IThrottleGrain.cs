namespace Gatehouse.Grains.Identity.Throttling;

/// <summary>
/// Attempts at one thing from one side; the key names both. An attempt is taken before it is made, so those made at the
/// same time count too. Kept in memory: who is throttled cannot make a silo forget.
/// </summary>
[Alias("gatehouse.identity.throttle")]
public interface IThrottleGrain : IGrainWithStringKey
{
    /// <summary>Takes an attempt.</summary>
    /// <returns>Zero when it may be made; otherwise how long to wait for one.</returns>
    [Alias("take")]
    ValueTask<TimeSpan> Take(ThrottleLimit limit);

    /// <summary>Gives back an attempt that succeeded.</summary>
    [Alias("refund")]
    ValueTask Refund(ThrottleLimit limit);
}

/// <summary>How many attempts are let through.</summary>
/// <param name="Burst">So many at once.</param>
/// <param name="Refill">And one more each such time.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.throttle-limit")]
public readonly record struct ThrottleLimit([property: Id(0)] int Burst, [property: Id(1)] TimeSpan Refill);
