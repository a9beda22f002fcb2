using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>Which pages of other origins may call a route, as browsers ask (CORS, the Fetch standard).</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.cors")]
public sealed record RouteCors
{
    /// <summary>The origins: scheme, host and port; <c>https://*.example.org</c> for all below; <c>*</c> for any.</summary>
    [Id(0)] public ImmutableArray<string> Origins { get; init; } = [];

    /// <summary>The methods; empty for those of the route, or any when it names none.</summary>
    [Id(1)] public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Request headers beyond the ones that are always allowed; <c>*</c> for any.</summary>
    [Id(2)] public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>Response headers that a page may read.</summary>
    [Id(3)] public ImmutableArray<string> Expose { get; init; } = [];

    /// <summary>Whether requests may carry cookies and other credentials.</summary>
    [Id(4)] public bool Credentials { get; init; }

    /// <summary>How long a browser may remember the answer; 0 to 1 day.</summary>
    [Id(5)] public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>The rules of <see cref="RouteCors"/>.</summary>
internal static class CorsRules
{
    private const int MaxItems = 64;
    private const string Any = "*";

    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(1);

    public static void Check(RouteCors? cors, RouteErrors errors)
    {
        if (cors is null)
        {
            return;
        }

        errors.Require(!cors.Origins.IsEmpty, "cors.origins", "must have an origin");
        CheckEach(cors.Origins, "cors.origins", IsOrigin, "must be an origin such as https://app.example.org, https://*.example.org or *", errors);
        CheckEach(cors.Methods, "cors.methods", Syntax.IsToken, "must be a method", errors);
        CheckEach(cors.Headers, "cors.headers", Syntax.IsToken, "must be a header's name", errors);
        CheckEach(cors.Expose, "cors.expose", Syntax.IsToken, "must be a header's name", errors);
        errors.Require(
            !cors.Credentials || !cors.Origins.Contains(Any), "cors.credentials", "must not be given to every origin: name them");
        errors.Require(cors.MaxAge >= TimeSpan.Zero && cors.MaxAge <= LongestAge, "cors.maxAge", "must be from 0s to 24h");
    }

    private static void CheckEach(ImmutableArray<string> items, string path, Func<string, bool> holds, string rule, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxItems, items.Length, path))
        {
            return;
        }

        for (var i = 0; i < items.Length; i++)
        {
            errors.Require(holds(items[i]), $"{path}[{i}]", rule);
        }
    }

    private static bool IsOrigin(string text) =>
        text == Any
        || (Uri.TryCreate(text.Replace("://*.", "://wildcard.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && uri.PathAndQuery == "/"
            && uri.Fragment.Length == 0
            && uri.UserInfo.Length == 0
            && !text.EndsWith('/')
            && !text[text.IndexOf("://", StringComparison.Ordinal)..].Replace("://*.", "", StringComparison.Ordinal).Contains('*', StringComparison.Ordinal));
}
