using System.Buffers;
using Gatehouse.Api.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>
/// The path and query as the client sent them. They go on undecoded, so that <c>%2F</c> stays what it was; for that they
/// must mean the same to the route table, which reads the decoded path, and to every server behind.
/// </summary>
internal static class RequestTarget
{
    // RFC 3986 allows fewer; browsers send some more of the visible ones. Never a fragment, a space or a control.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x20).Select(code => (char)code).Where(c => c != '#')]);

    private static readonly SearchValues<char> Suspicious = SearchValues.Create("%\\.");

    /// <summary>Reads the target; a problem when it cannot be passed on safely.</summary>
    public static Problem? TryRead(HttpContext context, out string target)
    {
        target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Length > 0 && target[0] != '/' && !TryStripAuthority(ref target))
        {
            return GatewayProblems.BadTarget("It must be a path that begins with '/', or an absolute URL.");
        }

        if (target.AsSpan().ContainsAnyExcept(Allowed))
        {
            return GatewayProblems.BadTarget("It has a character that must be percent-encoded.");
        }

        var path = PathOf(target);
        return path.ContainsAny(Suspicious) ? CheckPath(path) : null;
    }

    /// <summary>The part before the query.</summary>
    public static ReadOnlySpan<char> PathOf(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target.AsSpan(0, query);
    }

    // RFC 9112, 3.2.2: a server accepts the absolute form too. Kestrel has compared its host with the Host header.
    private static bool TryStripAuthority(ref string target)
    {
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return false;
        }

        var end = target.AsSpan(authority + 3).IndexOfAny('/', '?');
        target = end < 0 ? "/" : target[(authority + 3 + end)..];
        if (target[0] == '?')
        {
            target = "/" + target;
        }

        return true;
    }

    private static Problem? CheckPath(ReadOnlySpan<char> path)
    {
        if (path.Contains('\\'))
        {
            return GatewayProblems.BadTarget("The path has a backslash, which some servers read as a slash.");
        }

        if (path.Contains("%00", StringComparison.Ordinal))
        {
            return GatewayProblems.BadTarget("The path has an encoded NUL.");
        }

        foreach (var segment in path.Split('/'))
        {
            if (IsDots(path[segment]))
            {
                return GatewayProblems.BadTarget("The path has a '.' or '..' segment; send it resolved.");
            }
        }

        return null;
    }

    // Also when encoded, and when followed by a path parameter, which some servers take off first ("..;x").
    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty && segment[0] != ';')
        {
            var isEncoded = segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase);
            if ((segment[0] != '.' && !isEncoded) || ++dots > 2)
            {
                return false;
            }

            segment = segment[(isEncoded ? 3 : 1)..];
        }

        return dots > 0;
    }
}
