using System.Net;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Forwarding;

/// <summary>
/// Who sent a request, and whether what it says of the way before it is believed. What was worked out for an address is
/// kept in a table of fixed size, so that a busy client costs nothing and a flood of them no memory.
/// </summary>
internal sealed class Peers
{
    private const int Places = 1024;

    private readonly IPNetwork[] trusted;
    private readonly Peer?[] known = new Peer?[Places];

    public Peers(IOptions<GatehouseOptions> options)
    {
        trusted = [.. options.Value.TrustedProxies.Select(Parse)];
    }

    /// <summary>The sender of the request.</summary>
    public Peer Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return Peer.Unknown;
        }

        ref var place = ref known[(uint)address.GetHashCode() % Places];
        var peer = Volatile.Read(ref place);
        if (peer is null || !address.Equals(peer.Seen))
        {
            peer = new Peer(address, IsTrusted(address));
            Volatile.Write(ref place, peer);
        }

        return peer;
    }

    /// <summary>
    /// The client's address: the sender's own, or, behind trusted proxies, the last one in <c>X-Forwarded-For</c> that is
    /// not such a proxy. Null when there is none that can be read.
    /// </summary>
    public IPAddress? ClientOf(HttpContext context)
    {
        var peer = Of(context);
        if (!peer.Trusted)
        {
            return peer.Address;
        }

        var client = peer.Address;
        var hops = context.Request.Headers.GetCommaSeparatedValues(ForwardedNames.For);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (!IPAddress.TryParse(hops[i], out var hop))
            {
                break;
            }

            client = hop;
            if (!IsTrusted(hop))
            {
                break;
            }
        }

        return client;
    }

    private bool IsTrusted(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(trusted, network => network.Contains(plain));
    }

    private static IPNetwork Parse(string proxy)
    {
        if (IPNetwork.TryParse(proxy, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(proxy, out var address)
            ? new IPNetwork(address, 8 * address.GetAddressBytes().Length)
            : throw new OptionsValidationException(
                nameof(GatehouseOptions.TrustedProxies),
                typeof(GatehouseOptions),
                [$"Gatehouse:TrustedProxies has '{proxy}', which is neither an address nor a network such as 10.0.0.0/8."]);
    }
}
