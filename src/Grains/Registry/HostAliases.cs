using System.Collections.Immutable;

namespace Gatehouse.Grains.Registry;

/// <summary>
/// Finds instances by the names clients call them: Eureka's clients without an instance id name themselves by their host.
/// </summary>
internal sealed class HostAliases
{
    private ImmutableDictionary<string, Instance>? indexed;
    private Dictionary<string, string> ids = [];

    /// <summary>The entry with the id, or else the one that goes by it as a host name.</summary>
    public Instance? Resolve(ImmutableDictionary<string, Instance> instances, string id)
    {
        if (instances.TryGetValue(id, out var instance))
        {
            return instance;
        }

        if (!ReferenceEquals(indexed, instances))
        {
            Index(instances);
        }

        return ids.TryGetValue(id, out var named) ? instances[named] : null;
    }

    private void Index(ImmutableDictionary<string, Instance> instances)
    {
        indexed = instances;
        ids = [];
        foreach (var instance in instances.Values)
        {
            if (instance is { Action: not InstanceAction.Deleted, Eureka: { NamedByHost: true } eureka })
            {
                ids[eureka.HostName] = instance.Id;
            }
        }
    }
}
