using System.Collections.Immutable;
using System.Net;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>Addresses and networks as documents write them: <c>192.0.2.1</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>.</summary>
public static class Networks
{
    private const int MaxNetworks = 256;

    /// <summary>Reads an address or a network; null when it is none.</summary>
    public static IPNetwork? Parse(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out var network) ? network : null;
        }

        return IPAddress.TryParse(text, out var address) && text.Length > 0
            ? new IPNetwork(address, 8 * address.GetAddressBytes().Length)
            : null;
    }

    internal static void Check(ImmutableArray<string> networks, string path, RouteErrors errors)
    {
        if (!errors.RequireAtMost(MaxNetworks, networks.Length, path))
        {
            return;
        }

        for (var i = 0; i < networks.Length; i++)
        {
            errors.Require(Parse(networks[i]) is not null, $"{path}[{i}]", "must be an address, or a network such as 10.0.0.0/8");
        }
    }
}
