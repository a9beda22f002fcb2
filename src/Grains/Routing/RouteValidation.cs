using System.Collections.Immutable;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Grains.Routing;

/// <summary>
/// Every rule that a route document, or a set of them, must keep. All violations are found at once, each with the path
/// of its field.
/// </summary>
public static class RouteValidation
{
    /// <summary>The most routes there can be.</summary>
    public const int MaxRoutes = 20_000;

    /// <summary>The shortest <see cref="RouteDocument.Timeout"/>.</summary>
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest <see cref="RouteDocument.Timeout"/>.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(1);

    /// <summary>Checks one document; the paths are relative to it.</summary>
    public static ImmutableArray<RouteError> Check(RouteDocument document)
    {
        var found = ImmutableArray.CreateBuilder<RouteError>();
        Check(document, new RouteErrors(found));
        return found.DrainToImmutable();
    }

    /// <summary>
    /// Checks each document of a set, and the set; paths start with <c>routes[i]</c>. A null stands for a document that
    /// could not be read and is passed over.
    /// </summary>
    public static ImmutableArray<RouteError> CheckSet(IReadOnlyList<RouteDocument?> documents)
    {
        var found = ImmutableArray.CreateBuilder<RouteError>();
        if (documents.Count > MaxRoutes)
        {
            found.Add(new RouteError("routes", $"must not have more than {MaxRoutes} routes; it has {documents.Count}"));
            return found.DrainToImmutable();
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var matches = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < documents.Count; i++)
        {
            if (documents[i] is { } document)
            {
                CheckInSet(documents, i, document, ids, matches, found);
            }
        }

        return found.DrainToImmutable();
    }

    /// <summary>The message for a route that takes exactly the requests of another.</summary>
    internal static string SameMatch(string id, string other) =>
        $"of route '{RouteErrors.Brief(id)}' takes exactly the same requests as that of route '{RouteErrors.Brief(other)}'";

    private static void CheckInSet(
        IReadOnlyList<RouteDocument?> documents,
        int index,
        RouteDocument document,
        Dictionary<string, int> ids,
        Dictionary<string, int> matches,
        ImmutableArray<RouteError>.Builder found)
    {
        var errors = new RouteErrors(found, $"routes[{index}].");
        Check(document, errors);
        if (!ids.TryAdd(document.Id, index))
        {
            errors.Add("id", $"'{RouteErrors.Brief(document.Id)}' is the id of routes[{ids[document.Id]}] already");
        }
        else if (MatchKey.Of(document.Match) is var key && !matches.TryAdd(key, index))
        {
            errors.Add("match", SameMatch(document.Id, documents[matches[key]]!.Id));
        }
    }

    private static void Check(RouteDocument document, RouteErrors errors)
    {
        errors.Require(Syntax.IsName(document.Id), "id", "must be 1 to 128 letters, digits, '-', '_' or '.'");
        MatchRules.Check(document.Match, errors);
        TargetRules.Check(document.To, errors);
        RewriteRules.Check(document.Rewrite, document.Match.Path, errors);
        AuthRules.Check(document.Auth, errors);
        BalanceDetailRules.Check(document.Balance, document.BalanceDetails, errors);
        CanaryRules.Check(document.Canary, document.To, errors);
        LogRules.Check(document.Log, errors);
        TimeoutRules.Check(document, errors);
        RetryRules.Check(document.Retry, errors);
        HedgeRules.Check(document.Hedge, errors);
        BulkheadRules.Check(document.Bulkhead, errors);
        FallbackRules.Check(document, errors);
        CircuitRules.Check(document.Circuit, errors);
        OutlierRules.Check(document.Outliers, errors);
        HealthRules.Check(document.Health, errors);
        LimitRules.Check(document.Limits, errors);
        AffinityRules.Check(document.Affinity, errors);
        MirrorRules.Check(document.Mirror, errors);
        CacheRules.Check(document.Cache, errors);
        InjectionRules.Check(document.Inject, errors);
        CorsRules.Check(document.Cors, errors);
        CompressionRules.Check(document.Compression, errors);
        RequestLimitRules.Check(document.RequestLimits, errors);
        AddressRules.Check(document.Addresses, errors);
        MaintenanceRules.Check(document.Maintenance, errors);
    }
}
