namespace Gatehouse.Grains.Routing.Policies;

/// <summary>How the instances of a route's service are asked whether they are well, once in the cluster each.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.health")]
public sealed record RouteHealth
{
    /// <summary>What is asked for by GET; a path, with a query perhaps.</summary>
    [Id(0)] public required string Path { get; init; }

    /// <summary>How often; 1 s to 10 min.</summary>
    [Id(1)] public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take; 10 ms to 1 min, and not longer than the interval.</summary>
    [Id(2)] public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After how many good answers in a row an unhealthy instance is healthy; 1 to 100.</summary>
    [Id(3)] public int Healthy { get; init; } = 2;

    /// <summary>After how many bad answers in a row an instance is unhealthy; 1 to 100.</summary>
    [Id(4)] public int Unhealthy { get; init; } = 3;
}

/// <summary>The rules of <see cref="RouteHealth"/>.</summary>
internal static class HealthRules
{
    private const int Most = 100;
    private const int LongestPath = 2048;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    public static void Check(RouteHealth? health, RouteErrors errors)
    {
        if (health is null)
        {
            return;
        }

        errors.Require(IsPath(health.Path), "health.path", "must be a path that begins with a slash, percent-encoded, without '#'");
        errors.Require(health.Interval >= ShortestInterval && health.Interval <= LongestInterval, "health.interval", "must be from 1s to 10m");
        errors.Require(
            health.Timeout >= ShortestTimeout && health.Timeout <= LongestTimeout && health.Timeout <= health.Interval,
            "health.timeout",
            "must be from 10ms to 1m, and not longer than the interval");
        errors.Require(health.Healthy is >= 1 and <= Most, "health.healthy", $"must be from 1 to {Most}");
        errors.Require(health.Unhealthy is >= 1 and <= Most, "health.unhealthy", $"must be from 1 to {Most}");
    }

    // "//" would begin an authority.
    private static bool IsPath(string path) =>
        path is ['/', ..]
        && path.Length <= LongestPath
        && !path.StartsWith("//", StringComparison.Ordinal)
        && path.All(letter => letter is > ' ' and < '\x7f' and not ('#' or '\\'));
}
