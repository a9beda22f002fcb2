using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That responses are kept and used again for other requests (RFC 9111, as a shared cache).</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.cache")]
public sealed record RouteCache
{
    /// <summary>How long a response is fresh that does not say so itself; 1 s to 1 day, null for not at all.</summary>
    [Id(0)] public TimeSpan? Ttl { get; init; }

    /// <summary>Request headers that responses differ by, beside those that they name in <c>Vary</c>.</summary>
    [Id(1)] public ImmutableArray<string> Vary { get; init; } = [];

    /// <summary>The largest body that is kept, in bytes; 1 to 64 MiB.</summary>
    [Id(2)] public long MaxBody { get; init; } = 1024 * 1024;

    /// <summary>What the route's responses can be invalidated by, beside the tags that they name in <c>Cache-Tag</c>.</summary>
    [Id(3)] public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>How long a response that is no longer fresh may stand in for an error, when it does not say so itself; to 1 day.</summary>
    [Id(4)] public TimeSpan StaleIfError { get; init; }
}

/// <summary>The rules of <see cref="RouteCache"/>.</summary>
internal static class CacheRules
{
    private const int MaxNames = 16;
    private const long MostBody = 64 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static void Check(RouteCache? cache, RouteErrors errors)
    {
        if (cache is null)
        {
            return;
        }

        errors.Require(
            cache.Ttl is not { } ttl || (ttl >= Shortest && ttl <= Longest), "cache.ttl", "must be 'upstream', or from 1s to 24h");
        errors.Require(cache.MaxBody is >= 1 and <= MostBody, "cache.maxBody", "must be from 1B to 64MiB");
        errors.Require(
            cache.StaleIfError >= TimeSpan.Zero && cache.StaleIfError <= Longest, "cache.staleIfError", "must be from 0s to 24h");
        CheckNames(cache.Vary, "cache.vary", Syntax.IsToken, "must be a header's name", errors);
        CheckNames(cache.Tags, "cache.tags", Syntax.IsName, "must be 1 to 128 letters, digits, '-', '_' or '.'", errors);
    }

    private static void CheckNames(ImmutableArray<string> names, string path, Func<string, bool> holds, string rule, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxNames, names.Length, path))
        {
            return;
        }

        for (var i = 0; i < names.Length; i++)
        {
            errors.Require(holds(names[i]), $"{path}[{i}]", rule);
        }
    }
}
