using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing;

/// <summary>The rules of <see cref="RouteMatch"/>.</summary>
internal static class MatchRules
{
    private const int MaxHosts = 64;
    private const int MaxMethods = 16;
    private const int MaxConditions = 32;
    private const int MaxValues = 64;
    private const int MaxValueLength = 1024;

    private static readonly ImmutableArray<string> StandardMethods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"];

    public static void Check(RouteMatch match, RouteErrors errors)
    {
        if (!PathPattern.TryParse(match.Path, out _, out var error))
        {
            errors.Add("match.path", error);
        }

        CheckHosts(match.Hosts, errors);
        CheckMethods(match.Methods, errors);
        CheckConditions(match.Headers, "match.headers", StringComparer.OrdinalIgnoreCase, Syntax.IsToken, errors);
        CheckConditions(match.Query, "match.query", StringComparer.Ordinal, IsParameterName, errors);
    }

    private static void CheckHosts(ImmutableArray<string> hosts, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxHosts, hosts.Length, "match.hosts"))
        {
            return;
        }

        for (var i = 0; i < hosts.Length; i++)
        {
            var host = hosts[i];
            var name = host.StartsWith("*.", StringComparison.Ordinal) ? host.AsSpan(2) : host;
            errors.Require(
                Syntax.IsHostName(name),
                $"match.hosts[{i}]",
                "must be a host name without port (an international one in its xn-- form), or '*.' and a host name");
        }

        errors.RequireDistinct(hosts, StringComparer.OrdinalIgnoreCase, i => $"match.hosts[{i}]");
    }

    private static void CheckMethods(ImmutableArray<string> methods, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxMethods, methods.Length, "match.methods"))
        {
            return;
        }

        for (var i = 0; i < methods.Length; i++)
        {
            var method = methods[i];
            var standard = method.ToUpperInvariant();
            var path = $"match.methods[{i}]";
            errors.Require(Syntax.IsToken(method), path, "must be an HTTP method, such as GET");
            errors.Require(
                method == standard || !StandardMethods.Contains(standard),
                path,
                $"'{RouteErrors.Brief(method)}' must be written {standard}: methods are case-sensitive");
        }

        errors.RequireDistinct(methods, StringComparer.Ordinal, i => $"match.methods[{i}]");
    }

    private static void CheckConditions(
        ImmutableArray<ValueMatch> conditions,
        string path,
        StringComparer names,
        Func<string, bool> isName,
        RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxConditions, conditions.Length, path))
        {
            return;
        }

        for (var i = 0; i < conditions.Length; i++)
        {
            errors.Require(
                isName(conditions[i].Name), $"{path}[{i}].name", "must be a name without spaces or control characters");
            CheckValues(conditions[i].Values, $"{path}[{i}].values", errors);
        }

        errors.RequireDistinct(conditions.Select(condition => condition.Name), names, i => $"{path}[{i}].name");
    }

    private static void CheckValues(ImmutableArray<string> values, string path, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxValues, values.Length, path))
        {
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            errors.Require(
                values[i].Length <= MaxValueLength && !values[i].Any(char.IsControl),
                $"{path}[{i}]",
                $"must be at most {MaxValueLength} characters, without control characters");
        }

        errors.RequireDistinct(values, StringComparer.Ordinal, i => $"{path}[{i}]");
    }

    private static bool IsParameterName(string name) =>
        name.Length is > 0 and <= 128 && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
}
