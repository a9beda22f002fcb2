using System.Net;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

/// <summary>What balancers are asked, and what they pick.</summary>
internal static class Picks
{
    /// <summary>A test's own stream of numbers, the same at each run.</summary>
    public static Random Seeded => new(20_261_124);

    public static ServiceInstances Service(int count) =>
        Make.Service(Enumerable.Range(0, count).Select(i => Make.Entry($"{i}")));

    public static Dictionary<string, int> Count(IBalancer balancer, ServiceInstances service, int calls)
    {
        var call = Make.Call();
        return Enumerable.Range(0, calls).CountBy(_ => balancer.Pick(service, call)!.Instance.Id).ToDictionary();
    }

    /// <summary>Calls of clients with different addresses.</summary>
    public static IEnumerable<GatewayCall> Clients(int count) => Enumerable.Range(0, count).Select(i =>
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
        return Make.Call(context);
    });

    public static void Load(RoutableInstance instance, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            instance.TryEnter();
        }
    }
}
