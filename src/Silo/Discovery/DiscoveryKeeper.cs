namespace Gatehouse.Silo.Discovery;

/// <summary>Keeps the watcher alive, from every silo: after the death of the one that had it, another has it.</summary>
internal sealed partial class DiscoveryKeeper(
    IGrainFactory grains,
    string space,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DiscoveryKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until then there is no silo to have it.
        using (var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stoppingToken))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, started.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await grains.GetGrain<IKubernetesDiscovery>(space).Watch();
            }
            // Tried again at once; nothing depends on this call.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "DiscoveryNotKept", Level = LogLevel.Warning, Message = "The watcher of Kubernetes' Services could not be reached: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
