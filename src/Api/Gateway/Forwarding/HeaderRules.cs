using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>Which headers go on and which end here.</summary>
internal sealed class HeaderRules
{
    /// <summary>Headers of this prefix are the front door's own word to services; a client's are dropped.</summary>
    public const string OwnPrefix = "Gatehouse-";

    // RFC 9110, 7.6.1 and those that RFC 2616 counted so: they speak of one connection, or to this proxy.
    // What an upgrade needs of them the forwarder puts back.
    private static readonly ImmutableArray<string> HopByHop =
    [
        HeaderNames.Connection,
        HeaderNames.KeepAlive,
        HeaderNames.ProxyAuthenticate,
        HeaderNames.ProxyAuthorization,
        HeaderNames.ProxyConnection,
        "Proxy-Authentication-Info",
        HeaderNames.TE,
        HeaderNames.TransferEncoding,
        HeaderNames.Upgrade,
        "HTTP2-Settings",
    ];

    private static readonly ImmutableArray<string> WrittenAnew =
    [
        HeaderNames.Host,
        HeaderNames.TraceParent,
        HeaderNames.TraceState,
        ForwardedNames.For,
        ForwardedNames.Proto,
        ForwardedNames.Host,
        ForwardedNames.Port,
        ForwardedNames.Prefix,
        ForwardedNames.Forwarded,
    ];

    // Alt-Svc would send the client round this front door.
    private static readonly FrozenSet<string> WithheldFromClient =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, [.. HopByHop, HeaderNames.AltSvc]);

    private readonly FrozenSet<string> withheldFromService;

    /// <summary>Makes the rules of a route that sets and removes some itself.</summary>
    public HeaderRules(ImmutableArray<KeyValuePair<string, string>> set, ImmutableArray<string> remove)
    {
        Set = set;
        withheldFromService = FrozenSet.Create(
            StringComparer.OrdinalIgnoreCase,
            [.. HopByHop, .. WrittenAnew, .. remove, .. set.Select(header => header.Key)]);
    }

    /// <summary>What the route sets.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Set { get; }

    /// <summary>Whether a request header goes on to the service.</summary>
    public bool GoesOn(string name) =>
        !withheldFromService.Contains(name)
        && name[0] != ':'
        && !name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a response header goes back to the client.</summary>
    public static bool GoesBack(string name) => !WithheldFromClient.Contains(name);

    /// <summary>The names in a <c>Connection</c> header, beyond the ones it always has; null when there are none.</summary>
    public static string[]? NamedBy(StringValues connection)
    {
        if (connection.Count == 0 || (connection.Count == 1 && IsPlain(connection[0])))
        {
            return null;
        }

        string[] names = [.. connection
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(name => !IsPlain(name))];
        return names.Length == 0 ? null : names;
    }

    private static bool IsPlain(string? option) =>
        string.IsNullOrEmpty(option)
        || option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
        || option.Equals("close", StringComparison.OrdinalIgnoreCase)
        || option.Equals("upgrade", StringComparison.OrdinalIgnoreCase);
}
