using System.Collections.Immutable;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Caching;

/// <summary>
/// Owns the invalidations of cached responses; its grain key is <see cref="Key"/>. An invalidation is written, then published to
/// the <c>cache</c> view: when the call returns, no front door answers with what was invalidated.
/// </summary>
[Alias("gatehouse.caching.cache")]
public interface ICacheGrain : IGrainWithStringKey, IViewOwner
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "cache";

    /// <summary>Beyond this many, the oldest invalidations become one of everything that was cached before them.</summary>
    const int MaxInvalidations = 500;

    /// <summary>Invalidates what is cached now. To be sent again at will.</summary>
    /// <param name="targets">What (<see cref="CacheTarget"/>); at most 100.</param>
    [Alias("invalidate"), ResponseTimeout("00:00:30")]
    Task Invalidate(ImmutableArray<string> targets);
}
