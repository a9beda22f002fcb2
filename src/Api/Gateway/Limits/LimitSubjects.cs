using System.Net;
using System.Net.Sockets;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Whom a request counts for. What the caller's identity is, the stages before have found out and verified.</summary>
internal sealed class LimitSubjects(Peers peers)
{
    // Whoever has an address of IPv6 has a network of them.
    private const int NetworkBytes = 8;

    /// <summary>The name that the request counts under. That of a caller is not made anew for each request.</summary>
    public string Of(RouteLimit limit, GatewayCall call) => limit.By switch
    {
        LimitSubject.Consumer => call.Caller?.UserSubject ?? Address(call.Context),
        LimitSubject.Client => call.Caller?.ClientSubject ?? Address(call.Context),
        LimitSubject.Address => Address(call.Context),
        LimitSubject.Header => call.Context.Request.Headers.TryGetValue(limit.Header, out var values) ? values.ToString() : "",
        _ => "",
    };

    private string Address(HttpContext context)
    {
        var peer = peers.Of(context);
        var address = peer.Trusted ? peers.ClientOf(context) : peer.Address;
        if (address is null)
        {
            return "";
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return NetworkOf(address);
        }

        return peer.Trusted ? address.ToString() : peer.Text;
    }

    private static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        return new IPAddress(bytes).ToString() + "/64";
    }
}
