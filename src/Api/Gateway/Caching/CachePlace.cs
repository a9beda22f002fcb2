using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>What a response is a response of: scheme, host and target, as its service is told them.</summary>
/// <param name="Key">All of it, as the client wrote the target.</param>
/// <param name="Host">The host, with its port if it has one.</param>
/// <param name="Path">The decoded path.</param>
internal readonly record struct CachePlace(string Key, string Host, string Path)
{
    /// <summary>The place of a request.</summary>
    public static CachePlace Of(GatewayCall call, Peers peers)
    {
        var request = call.Context.Request;
        var host = request.Host.Value ?? "";
        // What a trusted proxy says is passed on, and so a response may differ by it.
        var via = peers.Of(call.Context).Trusted
            ? $"{request.Headers[ForwardedNames.Proto]} {request.Headers[ForwardedNames.Host]} {request.Headers[ForwardedNames.Prefix]} {request.Headers[ForwardedNames.Port]} "
            : "";
        return new CachePlace(KeyOf(via, request.Scheme, host, call.Target), host, request.Path.Value ?? "/");
    }

    /// <summary>The key of another target of the same host.</summary>
    public string KeyOf(string target) => string.Concat(Key.AsSpan(0, Key.IndexOf("://", StringComparison.Ordinal) + 3), Host.ToLowerInvariant(), target);

    /// <summary>Whether the path, or host and path, begin so.</summary>
    public bool StartsWith(string prefix)
    {
        if (prefix.StartsWith('/'))
        {
            return Path.StartsWith(prefix, StringComparison.Ordinal);
        }

        var slash = prefix.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && Host.AsSpan().Equals(prefix.AsSpan(0, slash), StringComparison.OrdinalIgnoreCase)
            && Path.AsSpan().StartsWith(prefix.AsSpan(slash), StringComparison.Ordinal);
    }

    private static string KeyOf(string via, string scheme, string host, string target) =>
        string.Concat(via, string.Concat(scheme, "://", host.ToLowerInvariant(), target));
}
