using System.Collections.Immutable;
using Gatehouse.Grains.Resilience.Limits;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>One limit of a route: how many requests, of whom, in which time. Holds for all front doors together.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.limit")]
public sealed record RouteLimit
{
    /// <summary>How many; 1 to 1,000,000, of a quota to 2,000,000,000.</summary>
    [Id(0)] public required int Permits { get; init; }

    /// <summary>In which time; 1 s to 1 h, of a sliding window to 1 min.</summary>
    [Id(1)] public TimeSpan Per { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Instead of <see cref="Per"/>: in each calendar hour, day or month.</summary>
    [Id(2)] public QuotaPeriod Period { get; init; }

    /// <summary>Whose requests are counted together.</summary>
    [Id(3)] public LimitSubject By { get; init; } = LimitSubject.Consumer;

    /// <summary>The header, when requests are counted by one.</summary>
    [Id(4)] public string Header { get; init; } = "";

    /// <summary>How it counts.</summary>
    [Id(5)] public LimitAlgorithm Algorithm { get; init; } = LimitAlgorithm.TokenBucket;

    /// <summary>How many a token bucket saves up; 0 for as many as <see cref="Permits"/>.</summary>
    [Id(6)] public int Burst { get; init; }

    /// <summary>A name that routes share a limit by; empty for a limit of this route alone.</summary>
    [Id(7)] public string Shared { get; init; } = "";

    /// <summary>Whether requests are admitted while the limiter does not answer; otherwise they are refused with 503.</summary>
    [Id(8)] public bool AdmitUnknown { get; init; }

    /// <summary>The rule that the limiter enforces.</summary>
    public LimitRule ToRule() => Algorithm switch
    {
        LimitAlgorithm.TokenBucket => new(Algorithm, Permits, Per, Burst == 0 ? Permits : Burst),
        LimitAlgorithm.SlidingWindow => new(Algorithm, Permits, Per, 0),
        LimitAlgorithm.Quota => new(Algorithm, Permits, TimeSpan.Zero, 0, Period),
        _ => new(Algorithm, Permits, TimeSpan.Zero, 0),
    };
}

/// <summary>Whose requests a limit counts together.</summary>
[GenerateSerializer, Alias("gatehouse.routing.limit-subject")]
public enum LimitSubject
{
    /// <summary>The user of the token or session; without one the client, and without that the address.</summary>
    Consumer = 0,

    /// <summary>The OAuth client; without one the address.</summary>
    Client = 1,

    /// <summary>The client's address; of IPv6 its network of 64 bits.</summary>
    Address = 2,

    /// <summary>The value of a header; requests without it are counted together.</summary>
    Header = 3,

    /// <summary>All requests of the route.</summary>
    Route = 4,
}

/// <summary>The rules of <see cref="RouteLimit"/>.</summary>
internal static class LimitRules
{
    private const int MaxLimits = 8;
    private const int MaxPermits = 1_000_000;
    private const int MaxQuota = 2_000_000_000;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(1);

    public static void Check(ImmutableArray<RouteLimit> limits, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxLimits, limits.Length, "limit"))
        {
            return;
        }

        for (var i = 0; i < limits.Length; i++)
        {
            Check(limits[i], limits.Length == 1 ? "limit" : $"limit[{i}]", errors);
        }

        errors.RequireDistinct(limits.Select(Identity), StringComparer.Ordinal, i => $"limit[{i}]");
    }

    private static void Check(RouteLimit limit, string path, RouteErrors errors)
    {
        var most = limit.Algorithm == LimitAlgorithm.Quota ? MaxQuota : MaxPermits;
        errors.Require(limit.Permits >= 1 && limit.Permits <= most, $"{path}.permits", $"must be from 1 to {most}");
        CheckTime(limit, path, errors);
        errors.Require(Enum.IsDefined(limit.By), $"{path}.by", "must be route, consumer, client, address or header:NAME");
        errors.Require(
            limit.By == LimitSubject.Header ? Syntax.IsToken(limit.Header) : limit.Header.Length == 0,
            $"{path}.by",
            "must name a header after 'header:'");
        errors.Require(
            limit.Burst == 0 || (limit.Algorithm == LimitAlgorithm.TokenBucket && limit.Burst is > 0 and <= MaxPermits),
            $"{path}.burst",
            $"must be from 1 to {MaxPermits}, and is of a token bucket only");
        errors.Require(limit.Shared.Length == 0 || Syntax.IsName(limit.Shared), $"{path}.shared", "must be 1 to 128 letters, digits, '-', '_' or '.'");
    }

    private static void CheckTime(RouteLimit limit, string path, RouteErrors errors)
    {
        switch (limit.Algorithm)
        {
            case LimitAlgorithm.Quota:
                errors.Require(limit.Period is > QuotaPeriod.None and <= QuotaPeriod.Month, $"{path}.per", "must be hour, day or month");
                break;
            case LimitAlgorithm.Concurrent:
                errors.Require(limit.Period == QuotaPeriod.None, $"{path}.per", "is not of a limit of concurrent requests");
                break;
            case LimitAlgorithm.TokenBucket:
                errors.Require(limit.Period == QuotaPeriod.None && limit.Per >= Shortest && limit.Per <= Longest, $"{path}.per", "must be from 1s to 1h");
                break;
            case LimitAlgorithm.SlidingWindow:
                errors.Require(
                    limit.Period == QuotaPeriod.None && limit.Per >= Shortest && limit.Per <= LongestWindow, $"{path}.per", "must be from 1s to 1m; for longer times take a token bucket, or a quota by hour, day or month");
                break;
            default:
                errors.Add($"{path}.algorithm", "must be token-bucket, sliding-window or concurrent");
                break;
        }
    }

    private static string Identity(RouteLimit limit) => string.Join(
        ' ',
        limit.Algorithm,
        limit.Shared,
        limit.By,
        limit.Header.ToLowerInvariant(),
        limit.Algorithm == LimitAlgorithm.Quota ? limit.Period.ToString() : $"{limit.Permits}/{limit.Per}/{limit.Burst}");
}
