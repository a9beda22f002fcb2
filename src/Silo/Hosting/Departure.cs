namespace Gatehouse.Silo.Hosting;

/// <summary>
/// The first part of a stop in good order: the process says that it is not ready any more and goes on serving, until
/// whoever sends it work has noticed.
/// </summary>
/// <param name="delay">How long.</param>
/// <param name="lifetime">Tells that the process is to stop.</param>
/// <param name="time">The clock.</param>
public sealed class Departure(TimeSpan delay, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Whether the process is on its way out.</summary>
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => delay == TimeSpan.Zero
        ? Task.CompletedTask
        : Task.Delay(delay, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
