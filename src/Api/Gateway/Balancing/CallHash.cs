using System.IO.Hashing;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Balancing;

/// <summary>
/// The hash of what tells which requests belong together: the same on every front door and after every restart.
/// </summary>
internal sealed class CallHash(RequestKey key, Peers peers)
{
    // Whoever has an address of IPv6 has a network of them.
    private const int NetworkBytes = 8;

    /// <summary>The hash of the request's key; of its client's address when it has none.</summary>
    public ulong Of(GatewayCall call) => TextOf(call) is { Length: > 0 } text
        ? XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()))
        : OfAddress(call.Context);

    private string? TextOf(GatewayCall call) => key.By switch
    {
        RequestKeyKind.Consumer => call.Caller?.Subject,
        RequestKeyKind.Client => call.Caller?.ClientId,
        RequestKeyKind.Header => call.Context.Request.Headers[key.Name].ToString(),
        RequestKeyKind.Cookie => call.Context.Request.Cookies[key.Name],
        _ => null,
    };

    private ulong OfAddress(HttpContext context)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (peers.ClientOf(context) is not { } address || !address.TryWriteBytes(bytes, out _))
        {
            return 0;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return XxHash3.HashToUInt64(bytes[12..]);
        }

        return XxHash3.HashToUInt64(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..NetworkBytes] : bytes[..4]);
    }
}
