namespace Gatehouse.Grains.Views;

/// <summary>A publish that waits until every replica has applied it or holds no lease that could be older.</summary>
internal sealed class PendingPublish(ViewVersion version, long afterProof)
{
    private readonly TaskCompletionSource<ViewVersion> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The view's version that includes the change.</summary>
    public ViewVersion Version { get; } = version;

    /// <summary>A proof of ownership with a higher number started after the change was accepted.</summary>
    public long AfterProof { get; } = afterProof;

    /// <summary>
    /// The replicas waited for, each until when it was to be waited for as the change was accepted: every later grant carries
    /// the change.
    /// </summary>
    public List<(ReplicaLease Replica, TimeSpan Until)> Owed { get; } = [];

    public Task<ViewVersion> Task => done.Task;

    public void Complete() => done.TrySetResult(Version);

    public void Fail() => done.TrySetException(new NotPublisherException());
}
