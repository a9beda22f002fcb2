namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What a request asks of the cache.</summary>
/// <param name="Place">What it asks for.</param>
/// <param name="Side">The service that is asked, when a sticky canary decides it; otherwise null.</param>
/// <param name="Asked">What it says of stored responses.</param>
/// <param name="Personal">Whether it says who asks: only what is for everybody may be kept of its response, or given to it.</param>
/// <param name="Sequence">The latest invalidation when it was asked.</param>
/// <param name="Stamp">Counts the changes that were made here to what it asks for, when it was asked.</param>
internal readonly record struct CacheQuestion(CachePlace Place, string? Side, RequestDirectives Asked, bool Personal, long Sequence, long Stamp);
