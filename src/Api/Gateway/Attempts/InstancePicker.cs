using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>Picks the instance of an attempt, and enters it.</summary>
internal sealed class InstancePicker(IReplica<RegistrySnapshot> registry, Random random)
{
    // An instance that was taken out between reading the view and picking it is gone from the next reading.
    private const int Picks = 4;

    /// <summary>
    /// Enters an instance: by the route's rule, or once some were tried any other, where there is one. For that the rule is
    /// not asked, as it would move its turn on, and come back to the one that fails with each request.
    /// </summary>
    /// <param name="service">The service, upper-case.</param>
    /// <param name="balancer">The route's rule.</param>
    /// <param name="call">The request.</param>
    /// <param name="tried">The instances that were tried; null for none.</param>
    /// <returns>Null when none takes calls.</returns>
    public async ValueTask<RoutableInstance?> Enter(string service, IBalancer balancer, GatewayCall call, List<RoutableInstance>? tried)
    {
        var picks = 0;
        while (true)
        {
            var snapshot = await registry.Read(call.Context.RequestAborted);
            if (!snapshot.Services.TryGetValue(service, out var instances) || instances.Routable.IsEmpty)
            {
                return null;
            }

            var choice = call.Circuits is { } circuits ? await circuits.Choose(instances) : new InstanceChoice(instances);
            if (choice.Refusal is not null)
            {
                return null;
            }

            if (choice.Probed is { } probed && probed.TryEnter())
            {
                return probed;
            }

            instances = choice.Instances;
            if (tried is not null && AnyBut(tried, instances.Routable) is { } other)
            {
                return other;
            }

            if (picks++ == Picks || instances.Routable.IsEmpty)
            {
                return AnyBut([], instances.Routable);
            }

            var instance = balancer.Pick(instances, call);
            if (instance is null || instance.TryEnter())
            {
                return instance;
            }
        }
    }

    /// <summary>Enters another instance than those tried; null when there is none.</summary>
    public async ValueTask<RoutableInstance?> EnterOther(string service, GatewayCall call, List<RoutableInstance> tried)
    {
        var snapshot = await registry.Read(call.Context.RequestAborted);
        if (!snapshot.Services.TryGetValue(service, out var instances) || instances.Routable.IsEmpty)
        {
            return null;
        }

        var choice = call.Circuits is { } circuits ? await circuits.Choose(instances) : new InstanceChoice(instances);
        return AnyBut(tried, choice.Instances.Routable);
    }

    private RoutableInstance? AnyBut(List<RoutableInstance> tried, ImmutableArray<RoutableInstance> instances)
    {
        var first = random.Next(instances.Length);
        for (var i = 0; i < instances.Length; i++)
        {
            var instance = instances[(first + i) % instances.Length];
            // Those of weight 0 take no calls by weight; and by key, as an entry that changed meanwhile is another object.
            if (instance.Instance.Weight > 0 && !tried.Exists(before => before.Key == instance.Key) && instance.TryEnter())
            {
                return instance;
            }
        }

        return null;
    }
}
