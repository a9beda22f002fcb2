namespace Gatehouse.Grains.Routing.Policies;

/// <summary>That a client keeps its instance, by a cookie that the front door sets.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.affinity")]
public sealed record RouteAffinity
{
    /// <summary>The cookie's name.</summary>
    [Id(0)] public string Cookie { get; init; } = "gh-affinity";

    /// <summary>How long the browser keeps it; 0, until it is closed, to 30 days.</summary>
    [Id(1)] public TimeSpan Lifetime { get; init; }
}

/// <summary>The rules of <see cref="RouteAffinity"/>.</summary>
internal static class AffinityRules
{
    private const string Reserved = "__";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static void Check(RouteAffinity? affinity, RouteErrors errors)
    {
        if (affinity is null)
        {
            return;
        }

        errors.Require(
            Syntax.IsToken(affinity.Cookie) && !affinity.Cookie.StartsWith(Reserved, StringComparison.Ordinal),
            "affinity.cookie",
            "must be a cookie's name that does not begin with '__'");
        errors.Require(affinity.Lifetime >= TimeSpan.Zero && affinity.Lifetime <= Longest, "affinity.lifetime", "must be from 0s to 720h");
    }
}
