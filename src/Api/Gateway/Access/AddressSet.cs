using System.Collections.Immutable;
using System.Net;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Gateway.Access;

/// <summary>Networks that an address may be in.</summary>
internal sealed class AddressSet(ImmutableArray<string> networks)
{
    private readonly IPNetwork[] networks = [.. networks.Select(text => Networks.Parse(text)).OfType<IPNetwork>()];

    public bool IsEmpty => networks.Length == 0;

    /// <summary>Whether the address is in one of them; one of IPv4 is known in either form.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
