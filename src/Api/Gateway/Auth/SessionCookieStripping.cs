using Gatehouse.Api.Auth.Sessions;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>Takes the session's cookie out of what a browser sent: whoever has it is the user, so no service is given it.</summary>
internal static class SessionCookieStripping
{
    public static StringValues Strip(StringValues cookies)
    {
        var present = false;
        foreach (var line in cookies)
        {
            present |= line is not null && line.Contains(SessionCookie.Name, StringComparison.Ordinal);
        }

        return present ? new StringValues([.. cookies.Select(Strip).OfType<string>()]) : cookies;
    }

    private static string? Strip(string? line)
    {
        var kept = (line ?? "").Split(';').Where(pair => !IsSession(pair)).ToArray();
        return kept.Length == 0 ? null : string.Join(';', kept).TrimStart();
    }

    private static bool IsSession(string pair)
    {
        var name = pair.AsSpan();
        var end = name.IndexOf('=');
        return (end < 0 ? name : name[..end]).Trim().SequenceEqual(SessionCookie.Name);
    }
}
