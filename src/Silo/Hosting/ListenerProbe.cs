namespace Gatehouse.Silo.Hosting;

/// <summary>Refuses to start when a listener's port is taken. To be added before everything else that is hosted.</summary>
/// <param name="listeners">Where the process is going to listen.</param>
public sealed class ListenerProbe(params IReadOnlyList<ListenUrl> listeners) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in listeners)
        {
            listener.Probe();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
