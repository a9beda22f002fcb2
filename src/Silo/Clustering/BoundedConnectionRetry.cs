using System.Diagnostics;
using Gatehouse.Silo.Hosting;

namespace Gatehouse.Silo.Clustering;

/// <summary>A starting client tries again while silos come up beside it, but not for ever.</summary>
internal sealed class BoundedConnectionRetry(TimeProvider time) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly long started = Stopwatch.GetTimestamp();

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (Stopwatch.GetElapsedTime(started) >= ClusterTimings.ClientPatience)
        {
            throw new StartupException(
                $"no silo of this cluster answered within {ClusterTimings.ClientPatience.TotalSeconds:0} s; start src/Silo with the same Gatehouse:Redis and Gatehouse:ClusterId",
                exception);
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
