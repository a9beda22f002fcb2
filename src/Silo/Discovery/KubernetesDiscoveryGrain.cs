using Gatehouse.Grains.Registry;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Silo.Discovery;

/// <summary>
/// Lists, then watches; whenever the watch ends, however it ends, lists again. While the API server is away the instances
/// known last are kept. Reentrant: the watch goes on between calls.
/// </summary>
[GrainType("kubernetes-discovery"), Reentrant]
internal sealed partial class KubernetesDiscoveryGrain(
    [PersistentState("state")] IPersistentState<KubernetesState> store,
    IKubernetes kubernetes,
    IOptions<KubernetesOptions> options,
    TimeProvider time,
    ILogger<KubernetesDiscoveryGrain> logger) : Grain, IKubernetesDiscovery, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // The server ends a watch after this: a connection that is dead without a word costs no longer.
    private static readonly TimeSpan WatchFor = TimeSpan.FromMinutes(5);

    private readonly EndpointSlices slices = new(options.Value.Lease);
    private readonly CancellationTokenSource over = new();
    private RegistrySync registry = null!;
    private Task watching = Task.CompletedTask;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        registry = new RegistrySync(service => GrainFactory.GetGrain<IServiceGrain>(service), Write, store.State.Registered, time);
        watching = KeepWatching(over.Token);
        var beat = options.Value.Lease / 4;
        this.RegisterGrainTimer(Beat, new GrainTimerCreationOptions { DueTime = beat, Period = beat, Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await over.CancelAsync();
        await watching.WaitAsync(cancellationToken).ContinueWith(_ => { }, TaskScheduler.Current);
    }

    public void Dispose()
    {
        over.Dispose();
        registry?.Dispose();
    }

    public Task Watch() => Task.CompletedTask;

    private async Task KeepWatching(CancellationToken cancel)
    {
        var pause = FirstPause;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ListAndWatch(cancel);
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            // Whatever it is, of the API server, of the store or of a service's grain: what is known stays, and it is tried again.
            catch (Exception e)
            {
                Log.Failed(logger, this.GetPrimaryKeyString(), e.Message, pause);
                await Task.Delay(pause, time, cancel).ContinueWith(_ => { }, TaskScheduler.Current);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    private async Task ListAndWatch(CancellationToken cancel)
    {
        var space = this.GetPrimaryKeyString();
        var selector = options.Value.Selector;
        var list = await kubernetes.DiscoveryV1.ListNamespacedEndpointSliceAsync(space, labelSelector: selector, cancellationToken: cancel);
        slices.Replace(list.Items);
        await registry.Apply(slices.Instances());
        Log.Listed(logger, list.Items.Count, space);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(WatchFor + LongestPause);
        await foreach (var (type, slice) in kubernetes.DiscoveryV1.WatchListNamespacedEndpointSliceAsync(
            space,
            labelSelector: selector,
            resourceVersion: list.Metadata.ResourceVersion,
            timeoutSeconds: (int)WatchFor.TotalSeconds,
            cancellationToken: patience.Token))
        {
            slices.Apply(type, slice);
            await registry.Apply(slices.Instances());
        }
    }

    private async Task Beat(CancellationToken cancel)
    {
        try
        {
            await registry.Beat();
        }
        // The next beat is soon enough: a lease outlives three that fail.
        catch (Exception e)
        {
            Log.BeatFailed(logger, e.Message);
        }
    }

    private async Task Write(System.Collections.Immutable.ImmutableSortedSet<string> registered)
    {
        store.State = store.State with { Registered = registered };
        try
        {
            await store.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            // It may have been written or not: the next activation reads which.
            DeactivateOnIdle();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "KubernetesListed", Level = LogLevel.Information, Message = "{Count} EndpointSlices of namespace {Namespace} are in the registry")]
        public static partial void Listed(ILogger logger, int count, string @namespace);

        [LoggerMessage(EventId = 2, EventName = "KubernetesFailed", Level = LogLevel.Warning, Message = "Watching the EndpointSlices of namespace {Namespace} failed, next try in {Pause}: {Reason}")]
        public static partial void Failed(ILogger logger, string @namespace, string reason, TimeSpan pause);

        [LoggerMessage(EventId = 3, EventName = "KubernetesBeatFailed", Level = LogLevel.Warning, Message = "Leases of Kubernetes' instances were not renewed: {Reason}")]
        public static partial void BeatFailed(ILogger logger, string reason);
    }
}
