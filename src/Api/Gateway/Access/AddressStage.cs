using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Gateway.Access;

/// <summary>The addresses that a route takes requests from. A sender whose address cannot be told is in no network.</summary>
internal sealed class AddressStage(Peers peers, Denials denials) : IStage
{
    private static readonly Problem Denied = new(
        StatusCodes.Status403Forbidden, "address-denied", "The address is not allowed", "This route does not take requests from your address.");

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Addresses is not { } addresses)
        {
            return next;
        }

        var allow = new AddressSet(addresses.Allow);
        var deny = new AddressSet(addresses.Deny);
        return call =>
        {
            var client = peers.ClientOf(call.Context);
            var denied = deny.Contains(client) || !(allow.IsEmpty || allow.Contains(client)) || (client is null && !deny.IsEmpty);
            if (!denied)
            {
                return next(call);
            }

            denials.Record(call, "the address is not allowed");
            return new(Denied);
        };
    }
}
