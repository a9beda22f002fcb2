using System.Globalization;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>What a client called, in the forms that forwarded headers take.</summary>
internal sealed class Origin
{
    public Origin(Peer peer, string scheme, string host)
    {
        Scheme = scheme;
        Host = host;
        var port = new HostString(host).Port ?? (scheme == "https" ? 443 : 80);
        Port = port.ToString(CultureInfo.InvariantCulture);
        // Kestrel has checked that a host has neither quotes nor control characters.
        Forwarded = host.Length == 0 ? $"for={peer.Node};proto={scheme}" : $"for={peer.Node};host=\"{host}\";proto={scheme}";
    }

    public string Scheme { get; }

    public string Host { get; }

    public string Port { get; }

    /// <summary>The element of RFC 7239.</summary>
    public string Forwarded { get; }
}
