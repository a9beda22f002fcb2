using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Views;

/// <summary>
/// Moves the messages of <see cref="ViewPublication"/>: pushes to replicas, proofs against the store, reports of owners.
/// </summary>
[Reentrant, GrainType("view-publisher")]
internal sealed partial class ViewPublisherGrain(
    [PersistentState("epoch")] IPersistentState<EpochState> epoch,
    [PersistentState("owners")] IPersistentState<OwnersState> owners,
    IOptions<ViewOptions> options,
    TimeProvider time,
    ViewMetrics metrics,
    DeactivationNotices notices,
    ILogger<ViewPublisherGrain> logger) : Grain, IViewPublisher, IDisposable
{
    private readonly ViewOptions options = options.Value;
    private readonly SemaphoreSlim ownersLock = new(1, 1);
    private readonly CancellationTokenSource stopping = new();
    private ViewPublication publication = null!;
    private long term;
    private Task rebuilt = Task.CompletedTask;
    private bool proving;
    private ITimer? alarm;

    private string View => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Seeded by the clock, so that the epoch also grows when the store has lost its data.
        term = Math.Max(epoch.State.Epoch + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        epoch.State = epoch.State with { Epoch = term };
        await epoch.WriteStateAsync(cancellationToken);
        leasable = epoch.State.Replicas;
        publication = new ViewPublication(term, options, time, epoch.State.AllReplicas ? epoch.State.Replicas : null);
        // A predecessor may have added some after these were read, and until the epoch was written.
        await owners.ReadStateAsync(cancellationToken);
        var here = TaskScheduler.Current;
        // Not a timer of the grain: those rest as soon as it is to go, and it goes when its calls are done, which wait for this.
        alarm = time.CreateTimer(_ => Run(Advance, here), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // Its calls may wait for a lease, and nobody can be its successor until they are done: they are done at once.
        notices.Await(GrainContext, () => Run(Stop, here));
        var tick = options.Lease / 6;
        this.RegisterGrainTimer(OnTick, new GrainTimerCreationOptions(TimeSpan.Zero, tick) { Interleave = true, KeepAlive = true });
        this.RegisterGrainTimer(
            OnReconcile,
            new GrainTimerCreationOptions(options.ReconcileEvery, options.ReconcileEvery) { Interleave = true });
        rebuilt = Rebuild();
        Log.Activated(logger, View, term, owners.State.Owners.Count);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Stop();
        return Task.CompletedTask;
    }

    public async Task<ViewVersion> Publish(OwnerUpdate update)
    {
        var started = time.GetTimestamp();
        await Enroll(update.Owner);
        await Opened();
        if (publication.Contents.Accept(update) == OwnerStep.Gap)
        {
            await InTime(ReportUntilAnswered(update.Owner.ToString()), "The owner has not reported yet; try again.");
            if (publication.Contents.Accept(update) == OwnerStep.Gap)
            {
                // One that was brought may have been read before this change was written: nobody could be told of the change yet.
                throw new NotPublisherException("The owner's report is older than its change; try again.");
            }
        }

        var version = await Everywhere();
        metrics.Published(View, time.GetElapsedTime(started));
        return version;
    }

    public async Task<LeaseGrant> Renew(LeaseRequest request)
    {
        if (rebuilt.IsCompletedSuccessfully)
        {
            await Enter(request.Replica);
        }

        var grant = publication.Renew(request);
        Advance();
        return grant;
    }

    public Task Release(Guid replica)
    {
        publication.Release(replica);
        return StrikeOut();
    }

    public async Task<int> InUse(string key)
    {
        var counts = await Task.WhenAll(publication.Present().Select(async replica =>
        {
            try
            {
                return await replica.InUse(key);
            }
            catch (Exception e)
            {
                // A replica that does not answer is not waited for: its lease ends, and a drain is bounded anyway.
                Log.ReplicaSilent(logger, View, e);
                return 0;
            }
        }));
        return counts.Sum();
    }

    public void Dispose()
    {
        alarm?.Dispose();
        stopping.Dispose();
        ownersLock.Dispose();
        epochLock.Dispose();
    }

    private Task<ViewVersion> Everywhere()
    {
        var publish = publication.Await();
        Advance();
        return publish.Task;
    }

    /// <summary>Waits for a proof that begins after now.</summary>
    private async Task Proven()
    {
        await Read(publication.BeginProof());
        if (stopping.IsCancellationRequested)
        {
            throw new NotPublisherException();
        }
    }

    /// <summary>Sends what can be sent, proves what must be proven, and sets the alarm for the next lease that ends.</summary>
    private void Advance()
    {
        publication.Settle();
        foreach (var (replica, push) in publication.TakePushes())
        {
            Push(replica, push).Ignore();
        }

        if (publication.NeedsProof && !proving)
        {
            Prove().Ignore();
        }

        if (publication.NextChange is { } wait)
        {
            alarm?.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task Push(ReplicaLease replica, ViewPush push)
    {
        try
        {
            // What lags has been here before.
            // One that is lost with the silo it went through is not waited for: the replica's next renewal brings the same.
            var answer = await replica.Observer!.Apply(push).WaitAsync(options.PushTimeout, time, stopping.Token);
            if (!publication.Pushed(replica, push, answer))
            {
                Log.Superseded(logger, View, term);
                Stop();
                return;
            }
        }
        catch (Exception e)
        {
            Log.PushFailed(logger, View, replica.Id, e);
            ViewPublication.PushFailed(replica);
        }

        Advance();
    }

    private async Task Prove()
    {
        proving = true;
        try
        {
            await Read(publication.BeginProof());
            proving = false;
            if (publication.HasPending)
            {
                Advance();
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Without proof no lease is granted and no publish completes; the next tick tries again.
            proving = false;
            Log.ProofFailed(logger, View, e);
        }
    }

    private async Task Read(Proof proof)
    {
        await epochLock.WaitAsync(CancellationToken.None);
        try
        {
            await epoch.ReadStateAsync(CancellationToken.None);
        }
        finally
        {
            epochLock.Release();
        }

        if (epoch.State.Epoch == term)
        {
            publication.Proven(proof);
        }
        else
        {
            Log.Superseded(logger, View, term);
            Stop();
        }
    }

    private void Stop()
    {
        if (!stopping.IsCancellationRequested)
        {
            stopping.Cancel();
            publication.Lose();
            DeactivateOnIdle();
        }
    }

    private static void Run(Action step, TaskScheduler grain) =>
        Task.Factory.StartNew(step, CancellationToken.None, TaskCreationOptions.DenyChildAttach, grain).Ignore();

    private Task Opened() => InTime(rebuilt, "Not every owner has reported yet; try again.");

    /// <summary>Waits for reports of owners; not for good, as those of a silo that stops wait for this grain to go.</summary>
    private async Task InTime(Task reports, string otherwise)
    {
        try
        {
            await reports.WaitAsync(options.Lease, time, stopping.Token);
        }
        catch (TimeoutException)
        {
            throw new NotPublisherException(otherwise);
        }
    }

    private Task OnTick(CancellationToken cancellation)
    {
        metrics.Publisher(View, publication.Version, publication.Replicas);
        Advance();
        return publication.KnowsAll && !epoch.State.AllReplicas ? StrikeOut() : Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "View {View}: term {Term} begins with {Owners} owners.")]
        public static partial void Activated(ILogger logger, string view, long term, int owners);

        [LoggerMessage(2, LogLevel.Debug, "View {View}: term {Term} has {Entries} entries after {Milliseconds} ms.")]
        public static partial void Rebuilt(ILogger logger, string view, long term, int entries, double milliseconds);

        [LoggerMessage(3, LogLevel.Information, "View {View}: term {Term} is over, another publisher has taken over.")]
        public static partial void Superseded(ILogger logger, string view, long term);

        [LoggerMessage(4, LogLevel.Debug, "View {View}: a push to {Replica} was not answered.")]
        public static partial void PushFailed(ILogger logger, string view, Guid replica, Exception exception);

        [LoggerMessage(5, LogLevel.Warning, "View {View}: the store did not confirm the epoch; no leases until it does.")]
        public static partial void ProofFailed(ILogger logger, string view, Exception exception);

        [LoggerMessage(6, LogLevel.Warning, "View {View}: owner {Owner} did not report (attempt {Attempt}).")]
        public static partial void OwnerSilent(ILogger logger, string view, string owner, int attempt, Exception exception);

        [LoggerMessage(7, LogLevel.Debug, "View {View}: a replica did not say what it has in use.")]
        public static partial void ReplicaSilent(ILogger logger, string view, Exception exception);

        [LoggerMessage(8, LogLevel.Debug, "View {View}: it was not compared with what its owners have, or only in part.")]
        public static partial void NotReconciled(ILogger logger, string view, Exception exception);
    }
}
