using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>One limit of a route: decides on requests, and tells of itself in headers (draft-ietf-httpapi-ratelimit-headers).</summary>
internal sealed class RouteLimiter
{
    /// <summary>Items of a list header, one for each limit.</summary>
    public const string Header = "RateLimit";

    /// <summary>The policies that the items of <see cref="Header"/> are about.</summary>
    public const string PolicyHeader = "RateLimit-Policy";

    private readonly LimitCells cells;
    private readonly LimitSubjects subjects;
    private readonly LimitScope scope;
    private readonly RouteLimit limit;
    private readonly int most;
    private readonly long longest;

    /// <param name="route">The route's id.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="name">Its name in headers, unique in the route.</param>
    /// <param name="cells">The limits of this front door.</param>
    /// <param name="subjects">Whom requests count for.</param>
    public RouteLimiter(string route, RouteLimit limit, string name, LimitCells cells, LimitSubjects subjects)
    {
        this.limit = limit;
        this.cells = cells;
        this.subjects = subjects;
        Name = name;
        most = Math.Max(limit.Permits, limit.Burst);
        // Windows are counted in steps, which would show as a second more.
        longest = limit.Algorithm == LimitAlgorithm.SlidingWindow ? WindowSeconds(limit) : long.MaxValue;
        scope = cells.ScopeOf(LimitScope.NameOf(route, limit), limit.ToRule());
        Policy = limit.Algorithm == LimitAlgorithm.Concurrent
            ? string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit.Permits};qu=\"concurrent-requests\"")
            : string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit.Permits};w={WindowSeconds(limit)}");
    }

    /// <summary>The limit's name in headers.</summary>
    public string Name { get; }

    /// <summary>The limit as <see cref="PolicyHeader"/> has it.</summary>
    public string Policy { get; }

    /// <summary>Whether requests must be counted out when they end.</summary>
    public bool CountsConcurrent => limit.Algorithm == LimitAlgorithm.Concurrent;

    /// <summary>Whether requests go on while it is not known whether they may.</summary>
    public bool AdmitsUnknown => limit.AdmitUnknown;

    /// <summary>What each of a route's limits is called in headers: by its time, and by its place among those of the same.</summary>
    public static IEnumerable<(string Name, RouteLimit Limit)> Named(ImmutableArray<RouteLimit> limits) => limits.Select((limit, place) =>
    {
        var name = NameOf(limit);
        var before = limits.Take(place).Count(other => NameOf(other) == name);
        return (before == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{before + 1}"), limit);
    });

    private static string NameOf(RouteLimit limit) => limit.Algorithm switch
    {
        LimitAlgorithm.Concurrent => "concurrent",
        LimitAlgorithm.Quota => LimitNames.Of(limit.Period),
        _ => Duration.Format(limit.Per),
    };

    /// <summary>The cell that the request counts in.</summary>
    public LimitCell CellOf(GatewayCall call) => cells.Of(scope, subjects.Of(limit, call));

    /// <summary>The limit as <see cref="Header"/> has it.</summary>
    public string Item(Admission admission) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"{Name}\";r={Math.Min(admission.Remaining, most)};t={Math.Min(Seconds(admission.Reset), longest)}");

    /// <summary>Why a request is refused.</summary>
    public Problem Refusal(Admission admission)
    {
        if (admission.Verdict == Verdict.Unknown)
        {
            return new Problem(
                StatusCodes.Status503ServiceUnavailable, "limit-unknown", "The limit of this route cannot be told",
                "The limiter does not answer, or has just taken over and does not know yet what was admitted before.").RetryAfter(1);
        }

        var problem = limit.Algorithm switch
        {
            LimitAlgorithm.Concurrent => new Problem(
                StatusCodes.Status429TooManyRequests, "too-many-concurrent", "Too many requests at the same time",
                $"No more than {limit.Permits} are served at once."),
            LimitAlgorithm.Quota => new Problem(
                StatusCodes.Status429TooManyRequests, "quota-exceeded", "The quota is used up",
                $"It has {limit.Permits} requests in each {LimitNames.Of(limit.Period)}."),
            _ => new Problem(
                StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests",
                $"No more than {limit.Permits} are admitted in {Duration.Format(limit.Per)}."),
        };
        problem = problem.RetryAfter((int)Math.Clamp(Seconds(admission.RetryAfter), 1, int.MaxValue));
        return problem with { Headers = problem.Headers.SetItem(Header, Item(admission)) };
    }

    private static long Seconds(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds);

    private static long WindowSeconds(RouteLimit limit) => Seconds(limit.Period switch
    {
        QuotaPeriod.None => limit.Per,
        QuotaPeriod.Hour => TimeSpan.FromHours(1),
        QuotaPeriod.Day => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(30),
    });
}
