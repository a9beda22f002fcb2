using System.Diagnostics.Metrics;

namespace Gatehouse.Silo.Telemetry;

/// <summary>
/// How much work waits for a processor: grains' turns and requests alike go by the thread pool. As a mean of 15 s, because an
/// autoscaler that looks at single moments sees noise.
/// </summary>
internal sealed class WorkQueue : BackgroundService
{
    private const int Samples = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly long[] ring = new long[Samples];
    private readonly Func<long> pending;
    private readonly TimeProvider time;
    private readonly Meter meter;
    private int taken;

    /// <summary>Makes it for this process.</summary>
    public WorkQueue(IMeterFactory meters, TimeProvider time) : this(meters, time, static () => ThreadPool.PendingWorkItemCount)
    {
    }

    internal WorkQueue(IMeterFactory meters, TimeProvider time, Func<long> pending)
    {
        this.pending = pending;
        this.time = time;
        meter = meters.Create("Gatehouse.Hosting");
        meter.CreateObservableGauge("gatehouse.work.queue.length", () => Mean, description: "Work that waits for a processor, as a mean of 15 s");
    }

    /// <summary>The mean of the last 15 s.</summary>
    public double Mean
    {
        get
        {
            lock (ring)
            {
                return taken == 0 ? 0 : (double)ring.Sum() / Math.Min(taken, Samples);
            }
        }
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    internal void Sample()
    {
        lock (ring)
        {
            ring[taken++ % Samples] = pending();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Sample();
        }
    }
}
