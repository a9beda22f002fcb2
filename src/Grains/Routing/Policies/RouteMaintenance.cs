using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That a route is out of service for now: 503, without a word to its services.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.maintenance")]
public sealed record RouteMaintenance
{
    /// <summary>What callers are told.</summary>
    [Id(0)] public string Message { get; init; } = "";

    /// <summary>When they are told to come again; 1 s to 1 day.</summary>
    [Id(1)] public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Addresses and networks that are served all the same, to try the route.</summary>
    [Id(2)] public ImmutableArray<string> Allow { get; init; } = [];
}

/// <summary>The rules of <see cref="RouteMaintenance"/>.</summary>
internal static class MaintenanceRules
{
    private const int MaxMessage = 1000;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static void Check(RouteMaintenance? maintenance, RouteErrors errors)
    {
        if (maintenance is null)
        {
            return;
        }

        errors.Require(maintenance.Message.Length <= MaxMessage, "maintenance.message", $"must not be longer than {MaxMessage} characters");
        errors.Require(
            maintenance.RetryAfter >= Shortest && maintenance.RetryAfter <= Longest, "maintenance.retryAfter", "must be from 1s to 24h");
        Networks.Check(maintenance.Allow, "maintenance.allow", errors);
    }
}
