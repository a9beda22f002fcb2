using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Gatehouse.Grains.Views;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Views;

/// <summary>
/// A front door's replica of a view: keeps its lease, takes pushes, and gives requests a snapshot that they may trust.
/// </summary>
/// <typeparam name="TSnapshot">The snapshot that requests read.</typeparam>
internal sealed partial class ViewReplica<TSnapshot> : BackgroundService, IReplica<TSnapshot>, IReplicaStatus, IViewReplica
    where TSnapshot : class
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Guid id = Guid.NewGuid();
    private readonly IGrainFactory grains;
    private readonly IViewProjection<TSnapshot> projection;
    private readonly ViewOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ReplicaState<TSnapshot> state;
    private readonly LapseWatch lapse;
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile TaskCompletionSource renewed = NewSignal();
    private volatile TaskCompletionSource changed = NewSignal();
    private bool wasLeased;

    public ViewReplica(
        string name,
        IGrainFactory grains,
        IViewProjection<TSnapshot> projection,
        IOptions<ViewOptions> options,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<ViewReplica<TSnapshot>> logger)
    {
        Name = name;
        this.grains = grains;
        this.projection = projection;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
        state = new ReplicaState<TSnapshot>(projection, time);
        lapse = new LapseWatch(this.options.StaleAfter, this.options.RenewEvery + (5 * RetryAfter), time);
        ReplicaMetrics.Observe(meters, this);
        state.Changed += _ => Interlocked.Exchange(ref changed, NewSignal()).TrySetResult();
    }

    public string Name { get; }

    public TSnapshot Current => state.Snapshot;

    public ViewVersion Version => state.Version;

    public TimeSpan? Lag => state.Lag;

    public LeaseState State
    {
        get
        {
            if (state.Leased)
            {
                return LeaseState.Leased;
            }

            if (Version == ViewVersion.None)
            {
                return LeaseState.Empty;
            }

            return lapse.Overdue ? LeaseState.Stale : LeaseState.Renewing;
        }
    }

    // The lease first: what had returned by then is in any snapshot read later. The other way round, a process that was
    // suspended could read the old snapshot, and see the lease that comes with the new one.
    public ValueTask<TSnapshot> Read(CancellationToken cancellation = default) =>
        state.Leased ? new(state.Snapshot) : ReadWhenRenewed(cancellation);

    public async IAsyncEnumerable<TSnapshot> Follow([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var next = changed.Task;
            yield return state.Snapshot;
            await next.WaitAsync(cancellation);
        }
    }

    public Task<ViewVersion> Apply(ViewPush push)
    {
        var version = state.Push(push);
        if (version < push.To)
        {
            Wake();
        }

        return Task.FromResult(version);
    }

    public Task<int> InUse(string key) => Task.FromResult(projection.InUse(key));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Version == ViewVersion.None)
        {
            return;
        }

        try
        {
            await Publisher.Release(id).WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);
        }
        catch (Exception e)
        {
            // The lease ends by itself.
            Log.NotReleased(logger, Name, e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts on while the first renewal waits for the cluster.
        await Task.Yield();
        var self = grains.CreateObjectReference<IViewReplica>(this);
        var wake = wakes.Reader.ReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = await Renew(self, stoppingToken);
            Report();
            var rest = Task.Delay(pause, time, stoppingToken);

            // After a failure the pause is short, and not cut shorter by every request that waits.
            await (state.Leased ? Task.WhenAny(wake, rest) : Task.WhenAny(rest));
            if (wake.IsCompleted)
            {
                wake = wakes.Reader.ReadAsync(stoppingToken).AsTask();
            }
        }
    }

    private IViewPublisher Publisher => grains.GetGrain<IViewPublisher>(Name);

    /// <summary>One round trip to the publisher.</summary>
    /// <returns>How long to wait for the next.</returns>
    private async Task<TimeSpan> Renew(IViewReplica self, CancellationToken stopping)
    {
        try
        {
            var request = new LeaseRequest(id, self, state.Version, state.Page);
            var sentAt = time.GetTimestamp();
            var grant = await Publisher.Renew(request).WaitAsync(options.RenewEvery, time, stopping);
            state.Grant(request, sentAt, grant);
            if (state.Leased)
            {
                Interlocked.Exchange(ref renewed, NewSignal()).TrySetResult();
            }

            if ((grant.Snapshot || !grant.Entries.IsEmpty) && grant.Version.Epoch >= state.Version.Epoch)
            {
                // There is more of it, or somebody waits to hear that it has arrived.
                return TimeSpan.Zero;
            }

            if (state.Leased && grant.Lease > TimeSpan.Zero)
            {
                return options.RenewEvery;
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            Log.NotRenewed(logger, Name, e);
        }
        catch (OperationCanceledException)
        {
            return TimeSpan.Zero;
        }

        // Also while the lease lasts: the next publisher may be waiting for this replica.
        return RetryAfter;
    }

    private async ValueTask<TSnapshot> ReadWhenRenewed(CancellationToken cancellation)
    {
        while (true)
        {
            var next = renewed.Task;
            if (state.Leased)
            {
                return state.Snapshot;
            }

            var patience = lapse.Noticed();
            if (patience <= TimeSpan.Zero)
            {
                return state.Snapshot;
            }

            Wake();
            await Task.WhenAny(next, Task.Delay(patience < RetryAfter ? patience : RetryAfter, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Report()
    {
        var leased = state.Leased;
        if (leased)
        {
            lapse.Reset();
        }
        else
        {
            lapse.Noticed();
        }

        if (leased != wasLeased)
        {
            wasLeased = leased;
            if (leased)
            {
                Log.Leased(logger, Name, Version);
            }
            else
            {
                Log.Lapsed(logger, Name, Version);
            }
        }
    }

    private void Wake() => wakes.Writer.TryWrite(true);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "View {View}: leased at version {Version}.")]
        public static partial void Leased(ILogger logger, string view, ViewVersion version);

        [LoggerMessage(2, LogLevel.Warning, "View {View}: the lease has run out at version {Version}; renewing.")]
        public static partial void Lapsed(ILogger logger, string view, ViewVersion version);

        [LoggerMessage(3, LogLevel.Debug, "View {View}: a renewal failed.")]
        public static partial void NotRenewed(ILogger logger, string view, Exception exception);

        [LoggerMessage(4, LogLevel.Debug, "View {View}: the lease was not given back.")]
        public static partial void NotReleased(ILogger logger, string view, Exception exception);
    }
}
