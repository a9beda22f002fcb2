using Orleans.Concurrency;

namespace Gatehouse.Silo.Discovery;

/// <summary>
/// Watches the EndpointSlices of a namespace, which is the grain's key, and keeps the registry the same. As a grain there is
/// one of it in the cluster: two watchers, one behind the other, would undo what the other does.
/// </summary>
[Alias("gatehouse.discovery.kubernetes")]
public interface IKubernetesDiscovery : IGrainWithStringKey
{
    /// <summary>Begins to watch, or goes on. Every silo calls it from time to time: whoever dies is replaced.</summary>
    [Alias("watch")]
    Task Watch();
}

/// <summary>What the watcher has registered, so that its successor takes out what is gone meanwhile.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.discovery.kubernetes-state")]
public sealed record KubernetesState
{
    /// <summary>The instances' keys in the registry.</summary>
    [Id(0)] public System.Collections.Immutable.ImmutableSortedSet<string> Registered { get; init; } = [];
}
