using System.Collections.Immutable;

namespace Gatehouse.Grains.Routing.Policies;

/// <summary>From which client addresses a route takes requests. A denied one is refused even when it is allowed too.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.routing.addresses")]
public sealed record RouteAddresses
{
    /// <summary>Addresses and networks that are served; empty for all.</summary>
    [Id(0)] public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Addresses and networks that are not.</summary>
    [Id(1)] public ImmutableArray<string> Deny { get; init; } = [];
}

/// <summary>The rules of <see cref="RouteAddresses"/>.</summary>
internal static class AddressRules
{
    public static void Check(RouteAddresses? addresses, RouteErrors errors)
    {
        if (addresses is null)
        {
            return;
        }

        Networks.Check(addresses.Allow, "ip.allow", errors);
        Networks.Check(addresses.Deny, "ip.deny", errors);
        errors.Require(!addresses.Allow.IsEmpty || !addresses.Deny.IsEmpty, "ip", "must have 'allow' or 'deny'");
    }
}
