using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>The sender of requests, as forwarded headers name it.</summary>
internal sealed class Peer
{
    private volatile Origin? last;

    public Peer(IPAddress seen, bool trusted)
    {
        Seen = seen;
        Trusted = trusted;
        Address = seen.IsIPv4MappedToIPv6 ? seen.MapToIPv4() : seen;
        Text = Address.ToString();
        // RFC 7239, 6: an IPv6 address is in brackets, and so must be quoted.
        Node = Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"\"[{Text}]\"" : Text;
    }

    private Peer()
    {
        Seen = IPAddress.None;
        Text = "unknown";
        Node = "unknown";
    }

    /// <summary>A sender without an address, such as one on a Unix socket.</summary>
    public static Peer Unknown { get; } = new();

    /// <summary>The address as the connection has it.</summary>
    public IPAddress Seen { get; }

    /// <summary>The address, as IPv4 when it is one; null when there is none.</summary>
    public IPAddress? Address { get; }

    /// <summary>Whether it is a configured proxy.</summary>
    public bool Trusted { get; }

    /// <summary>The address as <c>X-Forwarded-For</c> has it.</summary>
    public string Text { get; }

    /// <summary>The address as <c>Forwarded</c> has it.</summary>
    public string Node { get; }

    /// <summary>What the sender called; made anew only when it differs from the last call's.</summary>
    public Origin Called(string scheme, string host)
    {
        var origin = last;
        if (origin is null || !string.Equals(origin.Host, host, StringComparison.Ordinal) || origin.Scheme != scheme)
        {
            origin = new Origin(this, scheme, host);
            last = origin;
        }

        return origin;
    }
}
