using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>
/// When a request is sent again: only where that is safe, which is when nothing of it can have been done, or doing it twice
/// is the same as once, and nothing of a response has been sent.
/// </summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.retry")]
public sealed record RouteRetry
{
    /// <summary>The most attempts, the first among them; 1 to 10.</summary>
    [Id(0)] public int Attempts { get; init; } = 2;

    /// <summary>Whether one is made again after no connection could be made: by any method, as nothing was sent.</summary>
    [Id(1)] public bool Connect { get; init; } = true;

    /// <summary>
    /// The statuses after which one is made again, from 400 to 599: those of the service, and those that the gateway would
    /// answer with itself, 502 when the service broke off and 504 when its time was up.
    /// </summary>
    [Id(2)] public ImmutableArray<int> Statuses { get; init; } = [502, 503, 504];

    /// <summary>The most retries of a service's requests, as a share of them; above 0 to 1.</summary>
    [Id(3)] public double Budget { get; init; } = 0.2;

    /// <summary>How long is waited before the first retry at most, and at random; doubles with each. 0 to 10 s.</summary>
    [Id(4)] public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(25);
}

/// <summary>The rules of <see cref="RouteRetry"/>.</summary>
internal static class RetryRules
{
    private const int MaxAttempts = 10;
    private const int MaxStatuses = 64;

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    public static void Check(RouteRetry retry, RouteErrors errors)
    {
        errors.Require(retry.Attempts is >= 1 and <= MaxAttempts, "retry.attempts", $"must be from 1, for no retries, to {MaxAttempts}");
        errors.Require(retry.Budget is > 0 and <= 1, "retry.budget", "must be above 0, and at most 1");
        errors.Require(retry.Backoff >= TimeSpan.Zero && retry.Backoff <= LongestBackoff, "retry.backoff", "must be from 0ms to 10s");
        errors.Require(retry.Connect || !retry.Statuses.IsEmpty, "retry.on", "must name something; 'attempts: 1' turns retries off");
        if (errors.RequireAtMost(MaxStatuses, retry.Statuses.Length, "retry.on"))
        {
            errors.Require(retry.Statuses.All(status => status is >= 400 and <= 599), "retry.on", "must name 'connect' and statuses from 400 to 599");
        }
    }
}
