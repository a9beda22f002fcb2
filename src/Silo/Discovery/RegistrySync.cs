using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Silo.Discovery;

/// <summary>
/// Makes the registry's entries of Kubernetes the same as what there should be. What is registered is written down before it
/// is, and struck out after it is gone: a successor knows of everything that may be there.
/// </summary>
internal sealed class RegistrySync(
    IGrainFactory grains,
    Func<ImmutableSortedSet<string>, Task> write,
    ImmutableSortedSet<string> registered,
    TimeProvider time)
{
    private ImmutableSortedSet<string> written = registered;
    private ImmutableDictionary<string, Instance> inForce = ImmutableDictionary<string, Instance>.Empty;

    /// <summary>Registers what is new or has changed, deregisters what is gone.</summary>
    public async Task Apply(ImmutableDictionary<string, Instance> wanted)
    {
        await Write(written.Union(wanted.Keys));
        await Task.WhenAll(wanted.Where(pair => !inForce.TryGetValue(pair.Key, out var now) || !IsSame(now, pair.Value)).Select(pair => Register(pair.Value)));
        await Task.WhenAll(written.Except(wanted.Keys).Select(Deregister));
        await Write([.. wanted.Keys]);
    }

    /// <summary>Renews the leases; registers again what the registry has forgotten.</summary>
    public Task Beat() => Task.WhenAll(inForce.Values.GroupBy(instance => instance.Service).Select(async service =>
    {
        var instances = service.ToArray();
        var outcomes = await Grain(service.Key).Beat([.. instances.Select(instance => new Heartbeat(instance.Id))]);
        await Task.WhenAll(instances.Zip(outcomes)
            .Where(pair => pair.Second != BeatOutcome.Renewed)
            .Select(pair => Register(pair.First)));
    }));

    private static bool IsSame(Instance one, Instance other) =>
        one == other with { Metadata = one.Metadata } && one.Metadata.Count == other.Metadata.Count && !one.Metadata.Except(other.Metadata).Any();

    private async Task Register(Instance instance)
    {
        await Grain(instance.Service).Register(instance, Now());
        // Entry by entry, so that of several the one that failed is tried again.
        inForce = inForce.SetItem(instance.Key, instance);
    }

    private async Task Deregister(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        await Grain(key[..slash]).Deregister(key[(slash + 1)..], Now());
        inForce = inForce.Remove(key);
    }

    private async Task Write(ImmutableSortedSet<string> next)
    {
        if (!next.SetEquals(written))
        {
            await write(next);
            written = next;
        }
    }

    // One attempt each: what fails is done again with the next list.
    private Operation Now() => Operation.Now(Guid.NewGuid().ToString("N"), time);

    private IServiceGrain Grain(string service) => grains.GetGrain<IServiceGrain>(service);
}
