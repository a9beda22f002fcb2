using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That a route's responses are kept and given to other callers, as a shared cache does (RFC 9111).</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.cache")]
public sealed record RouteCache
{
    /// <summary>How long a response is fresh that does not say so itself; null: such responses are not kept.</summary>
    [Id(0)] public TimeSpan? Ttl { get; init; }

    /// <summary>Request headers that responses differ by, beyond what they say themselves.</summary>
    [Id(1)] public ImmutableArray<string> Vary { get; init; } = [];

    /// <summary>The largest response that is kept, in bytes.</summary>
    [Id(2)] public int Largest { get; init; } = 1024 * 1024;
}

/// <summary>The rules of <see cref="RouteCache"/>.</summary>
internal static class CacheRules
{
    private const int MaxVary = 16;
    private const int MaxLargest = 64 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static void Check(RouteCache? cache, RouteErrors errors)
    {
        if (cache is null)
        {
            return;
        }

        errors.Require(cache.Ttl is not { } ttl || (ttl >= Shortest && ttl <= Longest), "cache.ttl", "must be 'upstream', or from 1s to 24h");
        errors.Require(cache.Largest is >= 1 and <= MaxLargest, "cache.largest", "must be from 1 B to 64 MiB");
        if (errors.RequireAtMost(MaxVary, cache.Vary.Length, "cache.vary"))
        {
            for (var i = 0; i < cache.Vary.Length; i++)
            {
                errors.Require(Syntax.IsToken(cache.Vary[i]), $"cache.vary[{i}]", "must be a header's name");
            }
        }
    }
}
