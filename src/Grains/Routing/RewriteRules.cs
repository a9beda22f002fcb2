using System.Collections.Frozen;

namespace Gatehouse.Grains.Routing;

/// <summary>The rules of <see cref="RouteRewrite"/>.</summary>
internal static class RewriteRules
{
    private const int MaxHeaders = 64;

    // What belongs to the connection (RFC 9110, 7.6.1), frames the message, or is made by the front door itself.
    private static readonly FrozenSet<string> ManagedHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Content-Length", "Host", "Forwarded", "Via", "Expect",
        "traceparent", "tracestate");

    public static void Check(RouteRewrite rewrite, string path, RouteErrors errors)
    {
        CheckPrefix(rewrite.RemovePrefix, "rewrite.removePrefix", errors);
        CheckPrefix(rewrite.AddPrefix, "rewrite.addPrefix", errors);
        errors.Require(
            CanStartWith(path, rewrite.RemovePrefix),
            "rewrite.removePrefix",
            $"'{RouteErrors.Brief(rewrite.RemovePrefix)}' is never the start of a path that '{RouteErrors.Brief(path)}' takes");
        CheckSet(rewrite, errors);
        CheckRemoved(rewrite, errors);
    }

    private static void CheckSet(RouteRewrite rewrite, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxHeaders, rewrite.SetHeaders.Count, "rewrite.setHeaders"))
        {
            return;
        }

        // In a fixed order, so that the same document gives the same errors.
        var names = rewrite.SetHeaders.Keys.Order(StringComparer.Ordinal).ToArray();
        foreach (var name in names)
        {
            CheckHeader(name, PathOf(name), errors);
            errors.Require(
                Syntax.IsHeaderValue(rewrite.SetHeaders[name]),
                PathOf(name),
                "must be at most 4096 visible ASCII characters, with spaces and tabs only between them");
        }

        errors.RequireDistinct(names, StringComparer.OrdinalIgnoreCase, i => PathOf(names[i]));

        static string PathOf(string name) => $"rewrite.setHeaders.{RouteErrors.Brief(name)}";
    }

    private static void CheckRemoved(RouteRewrite rewrite, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxHeaders, rewrite.RemoveHeaders.Length, "rewrite.removeHeaders"))
        {
            return;
        }

        for (var i = 0; i < rewrite.RemoveHeaders.Length; i++)
        {
            var name = rewrite.RemoveHeaders[i];
            CheckHeader(name, $"rewrite.removeHeaders[{i}]", errors);
            errors.Require(
                !rewrite.SetHeaders.Keys.Contains(name, StringComparer.OrdinalIgnoreCase),
                $"rewrite.removeHeaders[{i}]",
                $"'{RouteErrors.Brief(name)}' is set too; setting a header replaces the client's");
        }

        errors.RequireDistinct(
            rewrite.RemoveHeaders, StringComparer.OrdinalIgnoreCase, i => $"rewrite.removeHeaders[{i}]");
    }

    private static void CheckHeader(string name, string path, RouteErrors errors)
    {
        errors.Require(Syntax.IsToken(name), path, "must be named as an HTTP header");
        errors.Require(
            !ManagedHeaders.Contains(name) && !name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase),
            path,
            "is made by the front door itself, or belongs to the connection; a route cannot change it");
    }

    private static void CheckPrefix(string prefix, string path, RouteErrors errors)
    {
        if (prefix.Length > 0 && (!PathPattern.TryParse(prefix, out var pattern, out _) || !IsPrefix(pattern)))
        {
            errors.Add(path, "must be empty, or whole literal segments: start with '/', not end with '/', no parameters");
        }
    }

    private static bool IsPrefix(PathPattern pattern) =>
        pattern.Segments.Length > 0 && pattern.Segments.All(segment => segment.Kind == PathSegmentKind.Literal);

    private static bool CanStartWith(string path, string prefix)
    {
        // What is not well-formed is reported as such.
        if (prefix.Length == 0
            || !PathPattern.TryParse(path, out var pattern, out _)
            || !PathPattern.TryParse(prefix, out var wanted, out _)
            || !IsPrefix(wanted))
        {
            return true;
        }

        var open = pattern.Segments is [.., { Kind: PathSegmentKind.Rest }];
        var single = open ? pattern.Segments.Length - 1 : pattern.Segments.Length;
        return (open || wanted.Segments.Length <= single)
            && pattern.Segments
                .Take(single)
                .Zip(wanted.Segments)
                .All(pair => pair.First.Kind == PathSegmentKind.Parameter || pair.First.Text == pair.Second.Text);
    }
}
