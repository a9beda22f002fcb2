using Orleans.Runtime;

namespace Gatehouse.Grains.Views;

/// <summary>
/// Tells the publishers of a silo that it stops and their grains are to go. Orleans tells a grain only when its calls are done, and
/// those of a publisher may wait for a lease: until then nobody could be its successor.
/// </summary>
internal sealed class SiloStop : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource begun = new();

    /// <summary>Cancelled when the grains are to go. The members of the cluster know that the silo stops: no grain is placed on it any more.</summary>
    public CancellationToken Begun => begun.Token;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloStop), ServiceLifecycleStage.GrainDeactivation, _ => Task.CompletedTask, _ => begun.CancelAsync());

    /// <inheritdoc/>
    public void Dispose() => begun.Dispose();
}
