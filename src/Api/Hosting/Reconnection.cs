using Gatehouse.Api.Views;
using Gatehouse.Silo.Clustering;

namespace Gatehouse.Api.Hosting;

/// <summary>
/// As long as the cluster cannot be reached, tries it by new connections: those that there were may be dead without anybody
/// saying so, and would hold up every call after the cluster is there again.
/// </summary>
internal sealed partial class Reconnection(ClusterReach cluster, GatewayConnections connections, TimeProvider time, ILogger<Reconnection> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Several renewals of a lease.
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(4);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    /// <summary>Closes what there was, if the cluster cannot be reached.</summary>
    internal void Look()
    {
        if (cluster.IsLost && connections.CloseOlderThan(Trial) is > 0 and var closed)
        {
            Log.Closed(logger, closed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The cluster cannot be reached: {Count} connections to silos are closed, to try new ones.")]
        public static partial void Closed(ILogger logger, int count);
    }
}
