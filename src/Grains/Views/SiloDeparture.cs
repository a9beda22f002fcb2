namespace Gatehouse.Grains.Views;

/// <summary>
/// Tells owning grains that their silo is about to take them down. A grain is taken down once its requests are done, and
/// until then it answers nobody new; a publish that waits for a publisher that itself moves house, and cannot open before
/// this owner has reported, would hold both up until everything times out. So nobody waits for a publish from then on:
/// what was written is published again by the owner's next activation.
/// </summary>
public sealed class SiloDeparture : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // After the gateway has said goodbye to its clients, which leaves a healthy publisher time to complete.
    private const int Stage = ServiceLifecycleStage.Active - 1;

    private readonly CancellationTokenSource begun = new();

    /// <summary>Cancelled when it begins.</summary>
    public CancellationToken Begun => begun.Token;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SiloDeparture),
        Stage,
        _ => Task.CompletedTask,
        _ => begun.CancelAsync());

    /// <inheritdoc/>
    public void Dispose() => begun.Dispose();
}
