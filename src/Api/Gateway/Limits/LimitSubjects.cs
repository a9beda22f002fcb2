using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Limits;

/// <summary>Whom a request counts for. What the caller's identity is, the stages before have found out and verified.</summary>
internal sealed class LimitSubjects(Peers peers)
{
    private const string UserClaim = "sub";
    private const string ClientClaim = "client_id";

    // Whoever has an address of IPv6 has a network of them.
    private const int NetworkBytes = 8;

    public string Of(RouteLimit limit, HttpContext context) => limit.By switch
    {
        LimitSubject.Consumer => Claim(context, UserClaim, "user:") ?? Claim(context, ClientClaim, "client:") ?? Address(context),
        LimitSubject.Client => Claim(context, ClientClaim, "client:") ?? Address(context),
        LimitSubject.Address => Address(context),
        LimitSubject.Header => context.Request.Headers.TryGetValue(limit.Header, out var values) ? values.ToString() : "",
        _ => "",
    };

    private static string? Claim(HttpContext context, string type, string prefix) =>
        context.User is { Identity.IsAuthenticated: true } user && user.FindFirstValue(type) is { Length: > 0 } value
            ? prefix + value
            : null;

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
