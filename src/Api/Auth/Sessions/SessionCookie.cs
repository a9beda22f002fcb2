using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>
/// What a browser holds of a session: its public id, by which the session is found, and a handle of 256 random bits, which
/// nobody else has; Gatehouse keeps its hash.
/// </summary>
public sealed record SessionCookie
{
    /// <summary>The authentication scheme of browsers.</summary>
    public const string Scheme = "Gatehouse.Session";

    /// <summary>The cookie's name; the prefix binds it to this host, and to connections no one can write to.</summary>
    public const string Name = "__Host-gatehouse-session";

    private const int IdLength = 22;
    private const int HandleLength = 43;

    private readonly string handle;

    private SessionCookie(string sessionId, string handle)
    {
        SessionId = sessionId;
        this.handle = handle;
        Hash = [.. SHA256.HashData(Base64Url.DecodeFromChars(handle))];
    }

    /// <summary>The session's public id.</summary>
    public string SessionId { get; }

    /// <summary>The hash of the handle.</summary>
    public ImmutableArray<byte> Hash { get; }

    /// <summary>The cookie's value.</summary>
    public string Value => $"{SessionId}.{handle}";

    /// <summary>A cookie for a new session.</summary>
    public static SessionCookie Create() => new(RandomText(16), RandomText(32));

    /// <summary>Another cookie for the same session.</summary>
    public SessionCookie Renew() => new(SessionId, RandomText(32));

    /// <summary>Reads a cookie's value.</summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out SessionCookie? cookie)
    {
        cookie = value is { Length: IdLength + 1 + HandleLength }
            && value[IdLength] == '.'
            && Base64Url.IsValid(value.AsSpan(0, IdLength))
            && Base64Url.IsValid(value.AsSpan(IdLength + 1), out var length)
            && length == 32
                ? new SessionCookie(value[..IdLength], value[(IdLength + 1)..])
                : null;
        return cookie is not null;
    }

    private static string RandomText(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
