using Gatehouse.Grains.Identity.Keys;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>Sees to it after the start that there are keys to sign with: the first front door of a cluster has them made.</summary>
internal sealed partial class FirstKeys(IGrainFactory grains, TimeProvider time, ILogger<FirstKeys> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts on while the cluster is waited for.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<ISigningKeysGrain>(ISigningKeysGrain.Key).Ensure().WaitAsync(stoppingToken);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotEnsured(logger, e);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The cluster did not say whether there are signing keys; asking again")]
        public static partial void NotEnsured(ILogger logger, Exception exception);
    }
}
