using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Runtime.Diagnostics;

namespace Gatehouse.Grains.Views;

/// <summary>
/// Tells an activation at once that it is to go, whatever for: its silo stops, its entry in the directory went with another silo, or it
/// is moved. Orleans itself tells it when its calls are done, and those of a publisher may wait for a lease.
/// </summary>
internal sealed class DeactivationNotices : IObserver<GrainLifecycleEvents.LifecycleEvent>, IDisposable
{
    private readonly ConcurrentDictionary<IGrainContext, Action> awaited = new(ReferenceEqualityComparer.Instance);
    private readonly IDisposable subscription;

    /// <summary>Begins to listen to the activations of this process.</summary>
    public DeactivationNotices() => subscription = GrainLifecycleEvents.AllEvents.Subscribe(this);

    /// <summary>Calls back, once, when this activation is to go: from any thread, under Orleans' locks, so for no more than to schedule.</summary>
    public void Await(IGrainContext activation, Action callback) => awaited[activation] = callback;

    /// <inheritdoc/>
    public void OnNext(GrainLifecycleEvents.LifecycleEvent value)
    {
        if (value is GrainLifecycleEvents.Deactivating && awaited.TryRemove(value.GrainContext, out var callback))
        {
            callback();
        }
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => subscription.Dispose();
}
