namespace Gatehouse.Api.Views;

/// <summary>Whether the cluster can be reached, by the leases of this front door's replicas.</summary>
/// <param name="replicas">All of them: that one publisher is away says nothing about the cluster.</param>
internal sealed class ClusterReach(IEnumerable<IReplicaStatus> replicas)
{
    private readonly IReplicaStatus[] replicas = [.. replicas];

    /// <summary>Whether no lease could be renewed for so long that the last known state is used.</summary>
    public bool IsLost => replicas.Length > 0 && Array.TrueForAll(replicas, static replica => replica.State == LeaseState.Stale);
}
