using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>
/// Keeps the registry as requests read it. A change makes anew the services it touches, and nothing else; an instance's
/// count of requests in flight lives on across versions.
/// </summary>
internal sealed class RegistryProjection : IViewProjection<RegistrySnapshot>
{
    private readonly InstanceLoads loads = new();

    /// <inheritdoc/>
    public RegistrySnapshot Empty => RegistrySnapshot.Empty;

    /// <summary>What changed when.</summary>
    public RegistryHistory History { get; } = new();

    /// <summary>Former entries whose requests are still in flight.</summary>
    internal int Leaving => loads.Leaving;

    /// <inheritdoc/>
    public RegistrySnapshot Apply(RegistrySnapshot current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var services = (replace ? Empty : current).Services.ToBuilder();
        foreach (var group in changes.GroupBy(change => ServiceOf(change.Key), StringComparer.OrdinalIgnoreCase))
        {
            var before = services.TryGetValue(group.Key, out var known) ? known.All : FrozenDictionary<string, Instance>.Empty;
            if (Make(group.Key, before, group) is { } after)
            {
                services[group.Key] = after;
            }
            else
            {
                services.Remove(group.Key);
            }
        }

        if (replace)
        {
            RemoveAllBut(changes);
            History.Reset(version);
        }
        else
        {
            History.Add(version, [.. changes.Select(change => change.Key)]);
        }

        loads.Sweep();
        return new RegistrySnapshot(version, services.ToImmutable());
    }

    /// <inheritdoc/>
    public int InUse(string key) => loads.InUse(key);

    private ServiceInstances? Make(string name, FrozenDictionary<string, Instance> before, IEnumerable<ViewChange> changes)
    {
        var all = new Dictionary<string, Instance>(before, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Value is Instance instance)
            {
                all[instance.Id] = instance;
                if (!instance.TakesCalls)
                {
                    loads.Retire(change.Key);
                }
            }
            else
            {
                all.Remove(change.Key[(name.Length + 1)..]);
                loads.Remove(change.Key);
            }
        }

        return all.Count == 0
            ? null
            : new ServiceInstances(name, all.ToFrozenDictionary(StringComparer.Ordinal), Routable(all.Values));
    }

    private ImmutableArray<RoutableInstance> Routable(IEnumerable<Instance> all)
    {
        var up = all.Where(instance => instance.TakesCalls)
            .OrderBy(instance => instance.Id, StringComparer.Ordinal)
            .Select(instance => new RoutableInstance(instance, loads.Admit(instance)))
            .ToList();
        var sure = up.FindAll(instance => !instance.Instance.Suspect);
        return [.. sure.Count > 0 ? sure : up];
    }

    private void RemoveAllBut(IReadOnlyList<ViewChange> changes)
    {
        var named = changes.Select(change => change.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in loads.Keys.Where(key => !named.Contains(key)).ToList())
        {
            loads.Remove(gone);
        }
    }

    // Names of services have no slash; ids may not either, but then it would be theirs.
    private static string ServiceOf(string key) => key[..key.IndexOf('/', StringComparison.Ordinal)];
}
