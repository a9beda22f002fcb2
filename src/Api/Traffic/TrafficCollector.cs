using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>Once a second takes out what requests have recorded, and reports it to the shards.</summary>
internal sealed partial class TrafficCollector : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly TrafficTable table;
    private readonly TimeProvider time;
    private readonly ILogger<TrafficCollector> logger;
    private readonly ShardReporter[] shards;

    public TrafficCollector(
        TrafficTable table, IGrainFactory grains, TimeProvider time, IMeterFactory meters, ILogger<TrafficCollector> logger)
    {
        this.table = table;
        this.time = time;
        this.logger = logger;
        var frontDoor = Guid.NewGuid();
        shards =
        [
            .. Enumerable.Range(0, TrafficShards.Count)
                .Select(shard => new ShardReporter(frontDoor, report => grains.GetGrain<ITrafficGrain>(shard).Report(report), time)),
        ];
        meters.Create(GatewayMetrics.MeterName).CreateObservableCounter(
            "gatehouse.traffic.reports.dropped",
            () => shards.Sum(shard => shard.Dropped),
            "{report}",
            "Seconds of statistics given up because their shard could not be reached.");
    }

    /// <summary>One round: collects, and begins to report.</summary>
    public Task Collect()
    {
        var byShard = table.Collect().ToLookup(
            part => TrafficShards.Of(part.Series.Key),
            part => new SeriesReport(part.Series.Key, part.Sum.ToCounts(), part.Series.InFlight));
        for (var shard = 0; shard < shards.Length; shard++)
        {
            shards[shard].Add([.. byShard[shard]]);
        }

        return Task.WhenAll(shards.Select(Flush));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Not waited for: a shard that does not answer holds up neither the others nor the next round.
                _ = Collect();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What the last second saw is worth a try, while the cluster's client still runs.
            await Collect().WaitAsync(Every, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Flush(ShardReporter shard)
    {
        try
        {
            await shard.Flush();
        }
        // The report is kept, and sent again with the next.
        catch (Exception e)
        {
            Log.NotReported(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Traffic was not reported; it will be sent again.")]
        public static partial void NotReported(ILogger logger, Exception exception);
    }
}
