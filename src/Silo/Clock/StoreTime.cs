using Gatehouse.Silo.Hosting;
using Gatehouse.Silo.Store;
using StackExchange.Redis;

namespace Gatehouse.Silo.Clock;

/// <summary>Keeps the clock of this process with the store's: read before anything else starts, and every few seconds after that.</summary>
internal sealed partial class StoreTime(RedisServer server, ClusterClock clock, ILogger<StoreTime> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // A machine's clock drifts by much less between two readings.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private ConnectionMultiplexer? redis;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            redis = await ConnectionMultiplexer.ConnectAsync(server.Connection);
            var difference = await Read();
            if (difference.Duration() >= Step)
            {
                Log.Differs(logger, difference);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new StartupException($"Gatehouse:Redis: cannot read its time (TIME): {e.Message}", e);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var difference = await Read();
                if (difference.Duration() >= Step)
                {
                    Log.Stepped(logger, difference);
                }
            }
            // Without the store the time runs on, whatever it fails with; an exception that left here would end the process.
            catch (Exception e)
            {
                Log.NotRead(logger, e);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (redis is not null)
        {
            await redis.DisposeAsync();
        }
    }

    // Of several servers all processes ask the same one.
    private async Task<TimeSpan> Read()
    {
        var first = redis!.GetServers().Where(one => one is { IsConnected: true, IsReplica: false }).MinBy(one => one.EndPoint.ToString(), StringComparer.Ordinal)
            ?? throw new RedisException("no server is connected");
        var asked = clock.GetTimestamp();
        return clock.Take(await first.TimeAsync(), asked);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ClockDiffers", Level = LogLevel.Warning,
            Message = "The clock of this machine is {Difference} behind the store's (ahead, if negative); the store's is used")]
        public static partial void Differs(ILogger logger, TimeSpan difference);

        [LoggerMessage(EventId = 2, EventName = "StoreClockStepped", Level = LogLevel.Warning, Message = "The store's clock was stepped by {Difference}")]
        public static partial void Stepped(ILogger logger, TimeSpan difference);

        [LoggerMessage(EventId = 3, EventName = "StoreTimeNotRead", Level = LogLevel.Debug, Message = "The store's time could not be read")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
