namespace Gatehouse.Grains.Resilience.Limits;

/// <summary>
/// One of the <see cref="Shards"/> limiters of a cluster. It lends permits in batches to front doors, which admit requests
/// with them and report; in total never more than each limit allows are in use.
/// </summary>
[Alias("gatehouse.limits.limiter")]
public interface ILimiterGrain : IGrainWithIntegerKey
{
    /// <summary>How many limiters share the keys.</summary>
    const int Shards = 64;

    /// <summary>Takes reports and lends permits.</summary>
    [Alias("exchange"), ResponseTimeout("00:00:02")]
    Task<LimitAnswer> Exchange(LimitExchange exchange);
}
