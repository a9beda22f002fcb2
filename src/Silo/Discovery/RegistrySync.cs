using System.Collections.Immutable;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Silo.Discovery;

/// <summary>
/// Makes the registry's entries of Kubernetes the same as what there should be. What is registered is written down before it
/// is, and struck out after it is gone: a successor knows of everything that may be there.
/// </summary>
/// <remarks>
/// Beats go on while changes are applied, so that a service that is slow to take one costs no other its leases. A heartbeat that
/// is answered in the middle of a deregistration finds its instance unknown: whether it is registered again is decided in turn
/// with the changes, or it would come back for good.
/// </remarks>
internal sealed class RegistrySync(
    Func<string, IServiceGrain> services,
    Func<ImmutableSortedSet<string>, Task> write,
    ImmutableSortedSet<string> registered,
    TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private ImmutableSortedSet<string> written = registered;
    private ImmutableDictionary<string, Instance> inForce = ImmutableDictionary<string, Instance>.Empty;

    /// <summary>Registers what is new or has changed, deregisters what is gone.</summary>
    public Task Apply(ImmutableDictionary<string, Instance> wanted) => InTurn(async () =>
    {
        await Write(written.Union(wanted.Keys));
        await Task.WhenAll(wanted.Where(pair => !inForce.TryGetValue(pair.Key, out var now) || !IsSame(now, pair.Value)).Select(pair => Register(pair.Value)));
        await Task.WhenAll(written.Except(wanted.Keys).Select(Deregister));
        await Write([.. wanted.Keys]);
    });

    /// <summary>Renews the leases; registers again what the registry has forgotten.</summary>
    public Task Beat() => Task.WhenAll(inForce.Values.GroupBy(instance => instance.Service).Select(async service =>
    {
        var instances = service.ToArray();
        var outcomes = await services(service.Key).Beat([.. instances.Select(instance => new Heartbeat(instance.Id))]);
        var forgotten = instances.Zip(outcomes).Where(pair => pair.Second != BeatOutcome.Renewed).Select(pair => pair.First).ToArray();
        if (forgotten.Length > 0)
        {
            await InTurn(() => Task.WhenAll(forgotten.Where(IsInForce).Select(Register)));
        }
    }));

    public void Dispose() => turn.Dispose();

    private static bool IsSame(Instance one, Instance other) =>
        one == other with { Metadata = one.Metadata } && one.Metadata.Count == other.Metadata.Count && !one.Metadata.Except(other.Metadata).Any();

    private bool IsInForce(Instance instance) => inForce.TryGetValue(instance.Key, out var now) && ReferenceEquals(now, instance);

    private async Task InTurn(Func<Task> work)
    {
        await turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Register(Instance instance)
    {
        await services(instance.Service).Register(instance, Now());
        // Entry by entry, so that of several the one that failed is tried again.
        inForce = inForce.SetItem(instance.Key, instance);
    }

    private async Task Deregister(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        await services(key[..slash]).Deregister(key[(slash + 1)..], Now());
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
}
